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

# Of IPv6 only this is given to the public; outside it are fec0::/10, 5f00::/16, 64:ff9b::/96 and
# every form of ::a.b.c.d. https://www.iana.org/assignments/ipv6-address-space
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")

# What the registries of special addresses name beyond what Python knows as private, and what has
# an IPv4 address inside: that could be any.
# https://www.iana.org/assignments/iana-ipv4-special-registry
# https://www.iana.org/assignments/iana-ipv6-special-registry
_SPECIAL: tuple[IpNetwork, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments, all of them
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # relays of 6to4
        "192.175.48.0/24",  # AS112
        "168.63.129.16/32",  # the inside of Azure: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
        "2001::/23",  # protocol assignments, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # given back
        "3fff::/20",  # documentation
    )
)
_ISATAP = 0x5EFE
"""In the middle of an IPv6 address it says that an IPv4 address follows (RFC 5214, section 6.1)."""


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
    if any(parsed in network for network in _SPECIAL):
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        has_ipv4 = int(parsed) >> 32 & 0xFFFF == _ISATAP
        return parsed in _PUBLIC_IPV6 and parsed.is_global and not has_ipv4
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
