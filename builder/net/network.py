"""How proofs reach the network: which resolver, which roots of trust, and how long."""

from __future__ import annotations

import ipaddress
import math
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from builder.model.errors import RegistryError, RemoteError

if TYPE_CHECKING:
    import dns.resolver

DNS_PORT = 53

# ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT; a bare IPv6 address fits none.
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::([0-9]{1,5}))?|([^:\[\]]*)(?::([0-9]{1,5}))?")


Key = tuple[str, ...]
Value = TypeVar("Value")


@dataclass(slots=True)
class LookupMemory:
    """Answers about domains that are good for a minute, and failures for some seconds.

    For a process that is asked about the same domain again and again.
    """

    seconds: float = 60.0
    failure_seconds: float = 5.0
    _answers: dict[Key, tuple[float, Any]] = field(default_factory=dict)
    _most: int = 10_000

    def recall(self, key: Key, ask: Callable[[], Value]) -> Value:
        """Return the answer to a question that was asked before, or ask it; RemoteError if it fails."""
        until, answer = self._answers.get(key, (-math.inf, None))
        if until < time.monotonic():
            seconds = self.seconds
            try:
                answer = ask()
            except RemoteError as error:
                answer, seconds = error, self.failure_seconds
            if len(self._answers) >= self._most:
                self._answers.clear()
            self._answers[key] = (time.monotonic() + seconds, answer)
        if isinstance(answer, RemoteError):
            raise RemoteError(answer.message) from answer
        remembered: Value = answer
        return remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The way to the network.

    `resolver` is ADDRESS or ADDRESS:PORT of a DNS server, "" for the system's; `trust_root` a PEM
    file of certificates to trust instead of the usual ones. After `until` (of time.monotonic)
    nothing is asked. Answers about domains are kept in `memory`, if there is one. `https_port` and
    `allow_private` are for tests with servers on loopback.
    """

    resolver: str = ""
    trust_root: Path | None = None
    dns_seconds: float = 5.0
    http_seconds: float = 10.0
    until: float = math.inf
    https_port: int = 443
    allow_private: bool = False
    memory: LookupMemory | None = None

    def recall(self, key: Key, ask: Callable[[], Value]) -> Value:
        """Ask a question, or return its answer of before where answers are kept."""
        return self.memory.recall(key, ask) if self.memory else ask()

    def left(self, seconds: float) -> float:
        """Return as many of these seconds as are left; RemoteError if none are."""
        left = min(seconds, self.until - time.monotonic())
        if left <= 0:
            raise RemoteError("no time was left to ask")
        return left

    def make_resolver(self) -> dns.resolver.Resolver:
        """Make the resolver.

        RegistryError if its address is wrong, RemoteError if the system has none or no time is
        left.
        """
        import dns.resolver

        try:
            made = dns.resolver.Resolver(configure=not self.resolver)
        except dns.resolver.NoResolverConfiguration as error:
            raise RemoteError(
                "this system names no DNS resolver", help="give --resolver"
            ) from error
        if self.resolver:
            address, made.port = _address(self.resolver)
            made.nameservers = [address]
        made.lifetime = self.left(self.dns_seconds)
        return made

    def resolve(self, host: str, _port: int) -> list[str]:
        """Look up the addresses of a host; NoAddress if it has none.

        Raises RemoteError if the resolver does not answer.
        """
        import dns.exception
        import dns.resolver

        from builder.net.addresses import NoAddress

        try:
            resolver = self.make_resolver()
            answers = resolver.resolve_name(f"{host}.", lifetime=resolver.lifetime)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
            raise NoAddress(f"{host} has no address") from error
        except dns.exception.DNSException as error:
            raise RemoteError(f"the address of {host} could not be read: {error}") from error
        return list(answers.addresses())

    def trust(self) -> ssl.SSLContext:
        """Make the TLS settings; RegistryError if the trust root holds no certificates."""
        import httpx

        if self.trust_root is None:
            return httpx.create_ssl_context()
        try:
            return ssl.create_default_context(cafile=self.trust_root)
        except OSError as error:
            raise RegistryError(
                f"{self.trust_root} holds no certificates in PEM: {error}"
            ) from error


def _address(text: str) -> tuple[str, int]:
    match = _WITH_PORT.fullmatch(text)
    v6, v6_port, host, port = match.groups() if match else (text, None, None, None)
    try:
        return str(ipaddress.ip_address(v6 or host or "")), int(v6_port or port or DNS_PORT)
    except ValueError as error:
        raise RegistryError(
            f"{text!r} is not the address of a DNS server",
            help="such as 9.9.9.9 or [2620:fe::fe]:53",
        ) from error
