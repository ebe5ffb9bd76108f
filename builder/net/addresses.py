"""Which addresses an outgoing connection may go to.

An entry names hosts, and so do the answers of other servers. A checker that followed them to a
private address would be a way into the network it runs in (contract, section 5).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""Looks up the addresses of a host for a port; httpx.ConnectError if it has none."""

MAX_ADDRESSES = 4

# IPv6 ranges that carry an IPv4 address inside: the inner one could be anything.
# https://www.iana.org/assignments/iana-ipv6-special-registry
_EMBEDDING = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
    )
)


class PrivateAddress(httpx.RequestError):
    """A host has an address that is not public. Asking again would not change it."""


class NoAddress(httpx.ConnectError):
    """A host has no address."""


def is_public(address: str) -> bool:
    """Return whether an IP address is a public one.

    Loopback, private, link-local, carrier-grade NAT, multicast and reserved addresses are not,
    nor are those with an IPv4 address inside.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and any(parsed in range for range in _EMBEDDING):
        return False
    return parsed.is_global and not parsed.is_multicast


def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Look up a host with the resolver of this system."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAddress(f"{host} has no address: {error}") from error
    return [str(answer[4][0]).partition("%")[0] for answer in answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Chooses the addresses of a host that may be connected to.

    Every address must be public, or in one of the `reachable` networks. If `trusted_host`, the
    host that the user named, is a private one, then so may be the hosts that it leads to.
    """

    resolve: Resolve = resolve_by_system
    reachable: tuple[IpNetwork, ...] = ()
    allow_private: bool = False
    trusted_host: str = ""

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses to connect to, at most MAX_ADDRESSES.

        Raises PrivateAddress if one of a host's addresses is not allowed. Who connects to what is
        returned leaves no second answer to a DNS server that changes its mind.
        """
        addresses = self.resolve(host, port)
        refused = [address for address in addresses if not self._is_allowed(address)]
        if refused and not self._may_be_private(host):
            raise PrivateAddress(f"{host} has the address {refused[0]}, which is not a public one")
        return addresses[:MAX_ADDRESSES]

    def _is_allowed(self, address: str) -> bool:
        return is_public(address) or any(
            ipaddress.ip_address(address) in network for network in self.reachable
        )

    def _may_be_private(self, host: str) -> bool:
        if self.allow_private or not self.trusted_host:
            return self.allow_private
        if host == self.trusted_host:
            return True
        return not all(map(is_public, self.resolve(self.trusted_host, 443)))
