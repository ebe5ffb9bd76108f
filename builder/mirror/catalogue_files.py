"""Catalogue files of ToolHive and Docker as items of the official API.

Both name servers shortly and say little of versions. A name gets the namespace of the settings. A
version is the image's tag where that is one, else a number that goes up when the contents change:
`known` tells what was made of a server before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.model import image_name, strict_yaml
from builder.model.errors import RegistryError
from builder.model.json_values import as_object, objects, text
from builder.model.version import semver_key
from builder.policy.document import Values

_SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_REPOSITORY = re.compile(r"https://(github|gitlab)\.com/[^/]+/[^/#?]+")
_LONGEST = 100
Known = Callable[[str], Mapping[str, Values]]
"""Returns the documents of a server that are here, by version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """A file's contents, the namespace that its servers get, and what is known of them."""

    data: bytes
    namespace: str
    known: Known
    max_bytes: int


def toolhive(file: CatalogueFile) -> Iterator[Any]:
    """Yield the items of a ToolHive registry file; RegistryError if it is none."""
    value = _json(file.data)
    whole = objects(as_object(value.get("data")).get("servers"))
    if whole:
        yield from ({"server": dict(item)} for item in whole)
        return
    local, remote = as_object(value.get("servers")), as_object(value.get("remote_servers"))
    if not local and not remote:
        raise RegistryError("this is not a ToolHive registry file: it has no servers")
    for name, listed in sorted({**local, **remote}.items()):
        entry = as_object(listed)
        yield _item(file, name, {**_about(entry, "repository_url"), **_of_toolhive(entry)})


def docker(file: CatalogueFile) -> Iterator[Any]:
    """Yield the items of a Docker MCP catalogue; RegistryError if it is none."""
    try:
        value = strict_yaml.parse(file.data, file.max_bytes)
    except strict_yaml.YamlError as error:
        raise RegistryError(f"the Docker catalogue cannot be read: {error}") from error
    servers = as_object(as_object(value).get("registry"))
    if not servers:
        raise RegistryError("this is not a Docker MCP catalogue: it has no `registry`")
    for name, row in sorted(servers.items()):
        entry = as_object(row)
        yield _item(file, name, {**_about(entry, "upstream"), **_of_docker(entry)})


def _of_toolhive(entry: Values) -> Values:
    if text(entry, "url"):
        headers = [_input(field) for field in objects(entry.get("headers"))]
        return _remote(text(entry, "transport"), text(entry, "url"), headers)
    variables = [_input(field) for field in objects(entry.get("env_vars"))]
    arguments = entry.get("args")
    return _image(entry, variables, arguments if isinstance(arguments, list) else [])


def _of_docker(entry: Values) -> Values:
    remote = as_object(entry.get("remote"))
    if text(remote, "url"):
        headers = [
            {"name": name, "value": value}
            for name, value in as_object(remote.get("headers")).items()
        ]
        return _remote(text(remote, "transport_type"), text(remote, "url"), headers)
    secrets = [
        {"name": text(secret, "env") or text(secret, "name"), "isSecret": True, "isRequired": True}
        for secret in objects(entry.get("secrets"))
    ]
    plain = [{"name": text(variable, "name")} for variable in objects(entry.get("env"))]
    command = entry.get("command")
    return _image(entry, secrets + plain, command if isinstance(command, list) else [])


def _image(entry: Values, variables: list[dict[str, Any]], arguments: list[Any]) -> Values:
    package: dict[str, Any] = {
        "registryType": "oci",
        "identifier": text(entry, "image"),
        "transport": {"type": "stdio"},
    }
    if variables:
        package["environmentVariables"] = variables
    if arguments:
        package["packageArguments"] = [
            {"type": "positional", "value": str(argument)} for argument in arguments
        ]
    return {"packages": [package]}


def _remote(transport: str, url: str, headers: list[dict[str, Any]]) -> Values:
    kind = "sse" if transport == "sse" else "streamable-http"
    return {"remotes": [{"type": kind, "url": url, **({"headers": headers} if headers else {})}]}


def _input(field: Values) -> dict[str, Any]:
    variable: dict[str, Any] = {"name": text(field, "name")}
    if text(field, "description"):
        variable["description"] = text(field, "description")
    return {
        **variable,
        **({"isRequired": True} if field.get("required") is True else {}),
        **({"isSecret": True} if field.get("secret") is True else {}),
    }


def _about(entry: Values, repository: str) -> Values:
    description = " ".join(text(entry, "description").split())
    about: dict[str, Any] = {"description": description[:_LONGEST] or "No description."}
    if title := text(entry, "title"):
        about["title"] = title[:_LONGEST]
    if match := _REPOSITORY.match(text(entry, repository)):
        about["repository"] = {"url": match[0].removesuffix(".git"), "source": match[1]}
    return about


def _item(file: CatalogueFile, short: str, about: Values) -> Any:
    name = f"{file.namespace}/{_NO_NAME.sub('-', short).strip('-.') or 'server'}"
    bare = {"$schema": _SCHEMA, "name": name, **about}
    return {"server": {**bare, "version": _version(bare, file.known(name))}}


def _version(bare: Values, known: Mapping[str, Values]) -> str:
    """Return the tag of the image if it is a version; else that of the same contents, or the next number."""
    for package in objects(bare.get("packages")):
        tag = image_name.stated_reference(text(package, "identifier"))
        if semver_key(tag) is not None:
            return tag
    for version, document in known.items():
        if {key: value for key, value in document.items() if key != "version"} == bare:
            return version
    return f"1.0.{len(known)}"


def _json(data: bytes) -> Values:
    try:
        return as_object(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise RegistryError(f"the ToolHive file cannot be read: {error}") from error
