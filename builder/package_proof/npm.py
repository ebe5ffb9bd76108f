"""npm: the version's package.json carries the server's name as `mcpName` (R35)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from builder.package_proof.client import PackageRegistryClient
from builder.package_proof.problem import Package, PackageProblem, not_found, not_owned, text

_UNESCAPED = "$&+=:@~"  # what Go's url.PathEscape leaves as it is


def verify(package: Package, name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this package is not the server's."""
    what = f"npm package {text(package, 'identifier')}@{text(package, 'version')}"
    path = "/".join(quote(text(package, key), _UNESCAPED) for key in ("identifier", "version"))
    answer = client.get(f"{client.base('npm')}/{path}")
    if not answer.ok:
        yield not_found(what)
        return
    stated = answer.json().get("mcpName")
    if stated != name:
        fact = f"has the mcpName {stated!r}" if stated else "has no mcpName"
        yield not_owned(
            what,
            f"{fact}, not {name!r}",
            f'publish a version with "mcpName": "{name}" in package.json',
        )
