"""Whose a request is: the address of who is connected, or what proxies that are trusted say.

A proxy writes the address that is connected to it at the end of a header, behind whatever the
client wrote there. So the header is read from its end for as long as an address is a trusted
proxy's: the first that is not is the client's, and what stands before it is only a client's word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from builder.model.publish_settings import ProxySettings

Address = IPv4Address | IPv6Address
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d+)?|(?P<v4>[^:]*):\d+")
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*(?:"([^"]*)"|([^;"]*))', re.IGNORECASE)


def client_address(
    peer: str, lines: Callable[[str], Sequence[str]], settings: ProxySettings
) -> str:
    """Return the address that a request counts as.

    `peer` is who is connected, `lines` returns the lines of a header by its name.
    """
    address = parsed(peer)
    if address is None:
        return peer
    if not _is_trusted(address, settings.networks):
        return str(address)
    is_forwarded = settings.header == "Forwarded"
    for element in _from_the_end(",".join(lines(settings.header))):
        before = parsed(_for(element) if is_forwarded else element)
        if before is None:
            break  # hidden or no address: who says so is the last that is known
        address = before
        if not _is_trusted(address, settings.networks):
            break
    return str(address)


def parsed(text: str) -> Address | None:
    """Read an address, with or without a port; None if it is none. IPv4 within IPv6 is IPv4."""
    text = text.strip()
    match = _WITH_PORT.fullmatch(text)
    bare = (match["v6"] or match["v4"]) if match else text
    try:
        # A zone is of the machine that wrote it.
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


@cache
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, texts))


def _is_trusted(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in network for network in _networks(networks))


def _from_the_end(text: str) -> Iterator[str]:
    """Yield the elements of a list, the last one first; a comma in quotes divides nothing."""
    end, is_quoted = len(text), False
    for at in reversed(range(len(text))):
        if text[at] == '"':
            is_quoted = not is_quoted
        elif text[at] == "," and not is_quoted:
            yield text[at + 1 : end]
            end = at
    yield text[:end]


def _for(element: str) -> str:
    """Return who is connected by an element of Forwarded (RFC 7239, section 5.2); "" if it does not say."""
    match = _FOR.search(element)
    return (match[1] or match[2] or "").strip() if match else ""
