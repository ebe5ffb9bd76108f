"""NuGet: the README of the package version carries the token (R37).

Where READMEs and versions are is asked of the service index.
https://learn.microsoft.com/en-us/nuget/api/readme-template-resource
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from builder.package_proof.client import PackageRegistryClient, Unanswered
from builder.package_proof.name_token import mcp_name_token
from builder.package_proof.problem import (
    Package,
    PackageProblem,
    no_token,
    not_found,
    not_owned,
    text,
)

README = "ReadmeUriTemplate/6.13.0"
CONTENT = "PackageBaseAddress/3.0.0"


def verify(package: Package, name: str, client: PackageRegistryClient) -> Iterator[PackageProblem]:
    """Yield why this package is not the server's."""
    identifier = text(package, "identifier")
    version = text(package, "version").lower().partition("+")[0]
    what = f"NuGet package {identifier} {version}"
    index = client.get(client.base("nuget")).json()
    template = _resource(index, README)
    lower = quote(identifier.lower(), "")
    url = template.replace("{lower_id}", lower).replace("{lower_version}", quote(version, ""))
    readme = client.get(url)
    if readme.ok:
        if not mcp_name_token(readme.text(), name):
            yield no_token(what, "README", name)
        return
    versions = client.get(f"{_resource(index, CONTENT).rstrip('/')}/{lower}/index.json")
    known = versions.json().get("versions") if versions.ok else None
    if isinstance(known, list) and version in known:
        yield not_owned(what, "has no README", f"add a README with the line: mcp-name: {name}")
    else:
        yield not_found(what)


def _resource(index: Any, kind: str) -> str:
    resources = index.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, dict) and resource.get("@type") == kind:
            return text(resource, "@id")
    raise Unanswered(f"the NuGet service index has no {kind}")
