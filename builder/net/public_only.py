"""Which addresses a request may go to: public ones only.

An entry names hosts, and so do the answers of other servers. A checker that followed them to a
private address would be a way into the network it runs in.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import cache

import httpx

from builder.net.network import is_refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class PrivateAddress(httpx.RequestError):
    """A host has an address that is not public. Asking again would not change it."""


class PublicOnly(httpx.BaseTransport):
    """Resolves a host, refuses private addresses, and connects to the address it checked.

    `reachable` are networks that are allowed all the same. A redirect is a new request, so it is
    checked as well. Resolving once leaves no second answer to a DNS server that changes its mind.
    """

    def __init__(self, reachable: Iterable[Network] = ()) -> None:
        self._reachable = tuple(reachable)
        self._inner = httpx.HTTPTransport(verify=_tls())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the checked address; the host stays in Host, SNI and certificate."""
        host = request.url.host
        return self._inner.handle_request(
            httpx.Request(
                request.method,
                request.url.copy_with(host=str(self._resolve(host, request.url.port))),
                headers=request.headers,
                stream=request.stream,
                # https://www.python-httpx.org/advanced/extensions/#sni_hostname
                extensions={**request.extensions, "sni_hostname": host},
            )
        )

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _resolve(self, host: str, port: int | None) -> Address:
        try:
            found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{host} has no address: {error}") from error
        addresses = [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]
        for address in addresses:
            allowed = any(address in network for network in self._reachable)
            if is_refused(str(address)) and not allowed:
                raise PrivateAddress(f"{host} has the private address {address}")
        return addresses[0]


@cache
def _tls() -> ssl.SSLContext:
    # Reading the trusted certificates takes 20 ms and more; once is enough.
    return httpx.create_ssl_context()
