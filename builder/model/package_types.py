"""Package types: one record for each kind of package that a server.json may name.

Whatever the builder knows of a type stands here and nowhere else: what it is called, where it
comes from, what starts it, which fields it needs (the official registry's contract, section 4)
and where a package has a page. What has to be done for a type - building its command line
(install/), asking its registry (package_proof/) - is a table of functions by its name there, and
a test holds those tables to this one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from builder.runtime import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageType:
    """One value of `registryType`.

    `label` is short ("npm"), `title` says what it is ("npm package"). `runner` is the program
    that starts a package, "" if there is none. `identifier` is the form of an identifier that
    can be written on a command line. `forbidden` says of each field that must be absent where
    its content belongs instead. `page` and `version_page` are addresses with `{identifier}` and
    `{version}`, "" where they follow from the identifier alone.
    """

    name: str
    label: str
    title: str
    identifier: re.Pattern[str]
    runner: str = ""
    required: tuple[str, ...] = ("identifier", "version")
    forbidden: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({"fileSha256": "remove fileSha256"})
    )
    registry: str = ""
    page: str = ""
    version_page: str = ""

    @property
    def pins_version(self) -> bool:
        """Whether `version` names the exact package; else the identifier or a hash does."""
        return "version" in self.required

    @property
    def base_url(self) -> str:
        """The base URL of the public registry, "" where the identifier names its own host."""
        return base_urls().get(self.name, "")

    def address(self, identifier: str, version: str = "") -> str:
        """Return the address of a package's page at its registry, "" if it has none."""
        template = self.version_page if version else self.page
        return template.format(
            identifier=quote(identifier.partition("[")[0], safe="@/"),
            version=quote(version, safe=""),
        )


PACKAGE_TYPES: Mapping[str, PackageType] = {
    record.name: record
    for record in (
        PackageType(
            name="npm",
            label="npm",
            title="npm package",
            registry="npm",
            runner="npx",
            identifier=re.compile(r"(@[A-Za-z0-9~_][\w.~-]*/)?[A-Za-z0-9~_][\w.~-]*", re.ASCII),
            page="https://www.npmjs.com/package/{identifier}",
            version_page="https://www.npmjs.com/package/{identifier}/v/{version}",
        ),
        PackageType(
            name="pypi",
            label="PyPI",
            title="Python package",
            registry="PyPI",
            runner="uvx",
            identifier=re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w.,-]+\])?", re.ASCII),
            page="https://pypi.org/project/{identifier}/",
            version_page="https://pypi.org/project/{identifier}/{version}/",
        ),
        PackageType(
            name="nuget",
            label="NuGet",
            title=".NET package",
            registry="NuGet",
            runner="dnx",
            identifier=re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII),
            page="https://www.nuget.org/packages/{identifier}",
            version_page="https://www.nuget.org/packages/{identifier}/{version}",
        ),
        PackageType(
            name="oci",
            label="OCI image",
            title="Container image",
            runner="docker",
            identifier=re.compile(r"[A-Za-z0-9][\w./:@-]*", re.ASCII),
            required=("identifier",),
            forbidden={
                "registryBaseUrl": "the image registry's host stands in identifier",
                "version": "an image's tag or digest stands in identifier, as name:tag or name@digest",
                "fileSha256": "remove fileSha256",
            },
        ),
        PackageType(
            name="mcpb",
            label="MCPB bundle",
            title="MCP bundle",
            identifier=re.compile(r"https://\S+", re.ASCII),
            required=("identifier", "fileSha256"),
            forbidden={"registryBaseUrl": "identifier is the whole address of the bundle"},
        ),
        PackageType(
            name="cargo",
            label="Cargo",
            title="Rust crate",
            registry="crates.io",
            identifier=re.compile(r"[A-Za-z][\w-]*", re.ASCII),
            page="https://crates.io/crates/{identifier}",
            version_page="https://crates.io/crates/{identifier}/{version}",
        ),
    )
}


@cache
def base_urls() -> Mapping[str, str]:
    """Return the base URL of each public registry that has one, by package type.

    The contract spells three of them as the schema's examples of `registryBaseUrl` do.
    `cargo-files` is the host that crates.io redirects downloads to.
    """
    path = resources.folder("schema") / "official" / "2025-12-11" / "server.schema.json"
    schema = json.loads(path.read_bytes())
    examples = schema["definitions"]["Package"]["properties"]["registryBaseUrl"]["examples"]
    spelled = {kind: _only(examples, kind) for kind in ("npm", "pypi", "nuget")}
    return {**spelled, "cargo": "https://crates.io", "cargo-files": "https://static.crates.io"}


def is_public_registry(kind: str, base: str) -> bool:
    """Return whether a base URL names the registry that packages of a type come from anyway.

    Only hosts count: people write the public registry's address in several ways, some of them
    with a path, and it is never a package index of somebody's own.
    """
    public = urlsplit(base_urls().get(kind, "")).hostname
    try:
        host = urlsplit(base).hostname
    except ValueError:
        return False
    return bool(public and host and "." in host) and f".{public}".endswith(f".{host}")


def _only(examples: list[str], word: str) -> str:
    (url,) = (example for example in examples if word in example)
    return url
