"""Proof by https://<domain>/.well-known/mcp-registry-auth: it covers exactly that domain.

The host's address is looked up once, checked, and the connection goes to that address: a second
answer for the same name cannot lead anywhere else (DNS rebinding). No redirect is followed, no
proxy of the environment is used, and the whole exchange has one deadline.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from builder import USER_AGENT
from builder.model.errors import RemoteError
from builder.model.sidecars import Key
from builder.net.network import Network, is_refused
from builder.ownership import domain
from builder.ownership.proof import Case, Proof

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 4096
_MAX_ADDRESSES = 4
_OK = 200


def prove(case: Case) -> Proof:
    """Look for the keys of the signatures in the well-known file of the namespace's domain."""
    name = domain.domain_of(case.namespace)
    sources = [(f"{name} (HTTPS)", partial(keys, name, case.network))] if name else []
    return domain.prove(case, "http", sources)


def keys(name: str, network: Network) -> frozenset[Key]:
    """Read the key in a domain's well-known file; none if there is none.

    RemoteError if the host cannot be reached or must not be.
    """
    addresses = _addresses(name, network)
    if not addresses:
        return frozenset()
    try:
        text = asyncio.run(_fetch(name, addresses, network))
    except TimeoutError as error:
        raise RemoteError(f"{name} took longer than {network.http_seconds:g} seconds") from error
    key = domain.read_record(text)
    return frozenset() if key is None else frozenset({key})


def _addresses(name: str, network: Network) -> list[str]:
    import dns.exception
    import dns.resolver

    try:
        resolver = network.make_resolver()
        answers = resolver.resolve_name(f"{name}.", lifetime=resolver.lifetime)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise RemoteError(f"the address of {name} could not be read: {error}") from error
    found = list(answers.addresses())
    refused = [] if network.allow_private else [one for one in found if is_refused(one)]
    if refused:
        raise RemoteError(f"{name} has the address {refused[0]}, which is not a public one")
    return found[:_MAX_ADDRESSES]


async def _fetch(name: str, addresses: list[str], network: Network) -> str:
    import httpx

    headers = {"Accept": "text/plain", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
    async with asyncio.timeout(network.left(network.http_seconds)):
        async with httpx.AsyncClient(
            headers=headers, verify=network.trust(), trust_env=False, timeout=network.http_seconds
        ) as client:
            for address in addresses:
                try:
                    return await _read(client, name, address, network.https_port)
                except httpx.HTTPError as error:
                    trouble = f"{name} at {address}: {error or type(error).__name__}"
    raise RemoteError(trouble)


async def _read(client: httpx.AsyncClient, name: str, address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    url = f"https://{host}:{port}{domain.WELL_KNOWN}"
    async with client.stream(
        "GET", url, headers={"Host": name}, extensions={"sni_hostname": name}
    ) as response:
        if response.status_code != _OK:
            return ""
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                return ""
    return body.decode("utf-8", "replace").strip()
