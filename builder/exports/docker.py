"""A catalogue of Docker's MCP gateway: images, and remotes without inputs.

https://github.com/docker/mcp-gateway/blob/main/docs/catalog.md
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from builder.exports.fixed_remote import fixed_url
from builder.exports.scope import ExportScope
from builder.exports.server_list import Entry, ServerList
from builder.install.field import records, text
from builder.install.inputs import Setting, environment
from builder.install.naming import key
from builder.install.package import package as exact
from builder.install.plan import Local, local, transport_type
from builder.install.value import inputs_of
from builder.model.server_json import Document


def _entry(name: str, document: Document) -> Entry | None:
    title = key(name)
    about = {
        "title": text(document, "title") or title,
        "description": text(document, "description"),
    }
    for package in records(document, "packages"):
        if text(package, "registryType") == "oci" and transport_type(package) == "stdio":
            started = _image(title, package)
            if started:
                return {**about, "type": "server", **started}
    for item in records(document, "remotes"):
        if url := fixed_url([item]):
            transport = {"url": url, "transport_type": text(item, "type")}
            return {**about, "type": "remote", "remote": transport}
    return None


SERVERS = ServerList(
    entry=_entry,
    reason="It has no image that the gateway can start, and no remote that needs nothing of its user.",
)


def catalogue(scope: ExportScope) -> dict[str, Any]:
    """Return the catalogue of a scope."""
    return {
        "version": 3,
        "name": scope.path.replace("/", "-"),
        "displayName": scope.title,
        "registry": {key(name): entry for name, entry in SERVERS.entries(scope)},
    }


def _image(name: str, package: Document) -> Entry | None:
    """Return how the gateway starts an image; None if the entry wants more than it can be told."""
    plan = local(package).plain
    if not isinstance(plan, Local) or any(
        True for word in plan.base.args for _ in inputs_of(word.value)
    ):
        return None
    words = ["".join(map(str, word.value)) for word in plan.base.args]
    image = exact(package).written
    options, command = words[: words.index(image)], words[words.index(image) + 1 :]
    if any(word.startswith("-") and word not in ("-i", "--rm", "-e") for word in options):
        return None
    settings = environment(package)
    values = _given(options) | {
        setting.name: _value(name, setting)
        for setting in settings
        if setting.needed and not _is_secret(setting)
    }
    secrets = [setting for setting in settings if _is_secret(setting)]
    if None in values.values() or any(len(setting.value) > 1 for setting in secrets):
        return None
    lists = {
        "command": command,
        "secrets": [{"name": _setting(name, one.name), "env": one.name} for one in secrets],
        "env": [{"name": variable, "value": value} for variable, value in values.items()],
    }
    return {"image": image, **{key: value for key, value in lists.items() if value}}


def _is_secret(setting: Setting) -> bool:
    return any(part.secret for part in inputs_of(setting.value))


def _given(options: Sequence[str]) -> dict[str, str | None]:
    """Return what the entry's arguments set, `-e NAME=value`; None where the gateway would read a template."""
    pairs = (
        word.partition("=") for before, word in pairwise(options) if before == "-e" and "=" in word
    )
    return {name: _literal(value) for name, _, value in pairs}


def _value(server: str, setting: Setting) -> str | None:
    """Return a variable's value: what the entry fixes, and one gap for its user; None if it has more."""
    if len(list(inputs_of(setting.value))) > 1:
        return None
    gap = f"{{{{{_setting(server, setting.name)}}}}}"
    parts = [_literal(part) if isinstance(part, str) else gap for part in setting.value]
    return None if None in parts else "".join(filter(None, parts))


def _literal(text: str) -> str | None:
    return None if "{{" in text else text


def _setting(server: str, variable: str) -> str:
    return f"{server}.{variable.lower()}"
