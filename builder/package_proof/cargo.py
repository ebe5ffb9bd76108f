"""Cargo: the rendered README of the crate's version carries the token, visibly (R38)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx

from builder.package_proof.client import PackageRegistryClient, Unanswered, read_url
from builder.package_proof.name_token import mcp_name_token
from builder.package_proof.problem import (
    Package,
    PackageProblem,
    no_token,
    not_found,
    not_owned,
    text,
)


def verify(package: Package, name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this package is not the server's."""
    crate, version = text(package, "identifier"), text(package, "version")
    what = f"crate {crate} {version}"
    url = f"{client.base('cargo')}/api/v1/crates/{quote(crate, '')}/{quote(version, '')}/readme"
    place = client.get(url, {"Accept": "application/json"})
    if not place.ok:
        yield not_found(what)
        return
    readme = _readme(text(place.json(), "url"), client)
    if readme is None:
        yield not_owned(what, "has no README", f"add a README with the line: mcp-name: {name}")
    elif not mcp_name_token(readme, name):
        yield no_token(what, "rendered README (where comments are cut out)", name)


def _readme(address: str, client: PackageRegistryClient) -> str | None:
    # The answer names the address: it may only be one of the registry's own.
    origins = {_origin(read_url(client.base(key))) for key in ("cargo", "cargo-files")}

    def ours(url: httpx.URL) -> bool:
        return _origin(url) in origins and not url.userinfo

    if not ours(read_url(address)):
        raise Unanswered(f"crates.io names a README at {address}, which is not its own")
    answer = client.get(address, allowed=ours)
    return answer.text() if answer.ok else None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
