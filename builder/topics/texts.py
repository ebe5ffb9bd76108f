"""What a server.json says of its server, by the place where it stands; read with any content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from builder.model.json_values import objects

Texts = Mapping[str, Sequence[str]]
"""The texts of a server by place: name, title, description, package, address."""


def texts_of(name: str, content: Mapping[str, Any]) -> Texts:
    """Return the texts of a server; its namespace is no part of the name here."""
    return {
        "name": [name.partition("/")[2]],
        "title": [_text(content.get("title"))],
        "description": [_text(content.get("description"))],
        "package": [package_name(package) for package in objects(content.get("packages"))],
        "address": list(dict.fromkeys(host(url) for url in remote_urls(content))),
    }


def package_name(package: Mapping[str, Any]) -> str:
    """Return what a package is called, without where it lies: bundles are on github.com, images on ghcr.io."""
    identifier, kind = _text(package.get("identifier")), package.get("registryType")
    if kind == "mcpb":
        return identifier.rpartition("/")[2].removesuffix(".mcpb")
    first, _, rest = identifier.partition("/")
    return rest if kind == "oci" and rest and ("." in first or ":" in first) else identifier


def remote_urls(content: Mapping[str, Any]) -> list[str]:
    """Return the addresses of its remotes."""
    return [_text(remote.get("url")) for remote in objects(content.get("remotes"))]


def host(url: str) -> str:
    """Return the host of a URL in lower case, "" if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def variables(content: Mapping[str, Any]) -> Iterator[str]:
    """Return the names of the environment variables and headers that it asks for."""
    for package in objects(content.get("packages")):
        for variable in objects(package.get("environmentVariables")):
            yield _text(variable.get("name"))
    for remote in objects(content.get("remotes")):
        for header in objects(remote.get("headers")):
            yield _text(header.get("name"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
