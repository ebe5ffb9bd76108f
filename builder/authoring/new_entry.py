"""A first server.json for a publisher: from flags, or from what a package says of itself.

Only what is known is written; `mcp-registry check` says what is missing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.model import server_json as server_json_model
from builder.model.errors import RegistryError
from builder.model.json_values import as_object, text
from builder.model.layout import entry_path
from builder.model.package_types import PACKAGE_TYPES

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
DESCRIPTION_LIMIT = 100

_GITHUB = re.compile(r"github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")
_TOKEN = re.compile(r"mcp-name: (\S+/[\w.-]*\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a server before it is published; "" and () for what is not."""

    name: str = ""
    version: str = ""
    description: str = ""
    repository: str = ""
    packages: tuple[tuple[str, str], ...] = ()
    remotes: tuple[str, ...] = ()

    def or_else(self, other: Known) -> Known:
        """Fill what is missing here from another."""
        return Known(
            name=self.name or other.name,
            version=self.version or other.version,
            description=self.description or other.description,
            repository=self.repository or other.repository,
            packages=self.packages or other.packages,
            remotes=self.remotes or other.remotes,
        )


def server_json(path: Path) -> Path | None:
    """Return the server.json that a path names or a folder holds; None if there is none."""
    file = path / "server.json" if path.is_dir() else path
    return file if file.is_file() else None


def read_whole(file: Path) -> dict[str, Any]:
    """Read a server.json with all its fields; RegistryError if it is none."""
    try:
        content = server_json_model.parse(file.read_bytes())
    except server_json_model.DocumentError as error:
        raise RegistryError(
            f"{file}: {error}", help=f"mcp-registry check {file} says where"
        ) from error
    if not isinstance(content.get("name"), str) or not isinstance(content.get("version"), str):
        raise RegistryError(f"{file}: there is no name or no version")
    return content


def read_package(folder: Path) -> Known:
    """Read a package's own metadata: package.json or pyproject.toml in `folder`.

    Raises RegistryError if there is neither, or it cannot be read.
    """
    for file, read in ((folder / "package.json", _npm), (folder / "pyproject.toml", _pypi)):
        if file.is_file():
            try:
                return read(file)
            except (ValueError, OSError, RecursionError) as error:
                raise RegistryError(f"cannot read {file}: {error}") from error
    raise RegistryError(
        f"there is no package.json or pyproject.toml in {folder}",
        help="name the package with flags instead: --package npm:NAME",
    )


def parse_package(package: str) -> tuple[str, str]:
    """Read `TYPE:IDENTIFIER[@VERSION]`; RegistryError if it is not that."""
    kind, colon, identifier = package.partition(":")
    if not colon or not identifier or kind not in PACKAGE_TYPES:
        raise RegistryError(
            f"{package!r} is not a package",
            help=f"write TYPE:IDENTIFIER or TYPE:IDENTIFIER@VERSION, with TYPE one of {', '.join(PACKAGE_TYPES)}",
        )
    return kind, identifier


def document(known: Known) -> dict[str, Any]:
    """Write what is known as a server.json; RegistryError if name or version is missing."""
    if not known.name or not known.version:
        missing = "name" if not known.name else "version"
        raise RegistryError(
            f"the {missing} is not known", help="name it: mcp-registry new NAME --version 1.0.0"
        )
    source = "github" if "github.com" in known.repository else "gitlab"
    repository = (
        {"repository": {"url": known.repository, "source": source}} if known.repository else {}
    )
    packages = [_package(kind, identifier, known.version) for kind, identifier in known.packages]
    remotes = [{"type": "streamable-http", "url": url} for url in known.remotes]
    return {
        "$schema": SCHEMA,
        "name": known.name,
        "description": known.description,
        **repository,
        "version": known.version,
        **({"packages": packages} if packages else {}),
        **({"remotes": remotes} if remotes else {}),
    }


def write(root: Path, content: Mapping[str, Any]) -> Path:
    """Write an entry to its place below `root`; RegistryError if it is there already."""
    path = root / entry_path(content["name"], content["version"])
    if path.exists():
        raise RegistryError(
            f"{path} already exists", help="a published version never changes: choose a new one"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _package(kind: str, identifier: str, version: str) -> dict[str, Any]:
    """Return an item of `packages`; of `NAME@VERSION` the version is the package's own."""
    name, at, own = identifier.rpartition("@")
    if not PACKAGE_TYPES[kind].pins_version:
        name, pinned = identifier, {}
    elif at and name:
        pinned = {"version": own}
    else:
        name, pinned = identifier, {"version": version}
    return {
        "registryType": kind,
        "identifier": name,
        **pinned,
        "transport": {"type": "stdio"},
    }


def _npm(file: Path) -> Known:
    data = as_object(json.loads(file.read_bytes()))
    address = text(as_object(data.get("repository")), "url") or text(data, "repository")
    package = _known(data, "npm", text(data, "mcpName"))
    return package.or_else(_from_repository(address))


def _pypi(file: Path) -> Known:
    project = as_object(tomllib.loads(file.read_text(encoding="utf-8")).get("project"))
    readme = text(project, "readme") or text(as_object(project.get("readme")), "file")
    page = file.parent / readme
    words = page.read_text(encoding="utf-8", errors="replace") if page.is_file() else ""
    token = _TOKEN.search(words)
    package = _known(project, "pypi", token[1] if token else "")
    addresses = map(str, as_object(project.get("urls")).values())
    return package.or_else(
        _from_repository(next((url for url in addresses if _GITHUB.search(url)), ""))
    )


def _known(package: Mapping[str, Any], kind: str, server: str) -> Known:
    """Return what a package's own metadata says; what is no text there is not known."""
    name = text(package, "name")
    return Known(
        name=server,
        version=text(package, "version"),
        description=_shortened(text(package, "description")),
        packages=((kind, name),) if name else (),
    )


def _shortened(description: str) -> str:
    """Return a package's description as an entry may have it: ended after a word, and with an ellipsis."""
    if len(description) <= DESCRIPTION_LIMIT:
        return description
    start = description[: DESCRIPTION_LIMIT - 1]
    return (start.rpartition(" ")[0] or start).rstrip() + "…"


def _from_repository(address: str) -> Known:
    match = _GITHUB.search(address)
    if match is None:
        return Known()
    owner, name = match.groups()
    return Known(name=f"io.github.{owner}/{name}", repository=f"https://github.com/{owner}/{name}")
