"""PyPI: the description (README) of the release carries the token (R36)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from builder.package_proof.client import PackageRegistryClient
from builder.package_proof.name_token import mcp_name_token
from builder.package_proof.problem import Package, PackageProblem, no_token, not_found, text


def verify(package: Package, name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this package is not the server's."""
    identifier, version = text(package, "identifier"), text(package, "version")
    what = f"PyPI package {identifier} {version}"
    path = f"pypi/{quote(identifier, '')}/{quote(version, '')}/json"
    answer = client.get(f"{client.base('pypi')}/{path}")
    if not answer.ok:
        yield not_found(what)
        return
    info = answer.json().get("info")
    if not mcp_name_token(text(info if isinstance(info, dict) else {}, "description"), name):
        yield no_token(what, "README", name)
