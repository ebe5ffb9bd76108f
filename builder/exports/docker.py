"""A catalogue of Docker's MCP gateway: images, and remotes without inputs.

https://github.com/docker/mcp-gateway/blob/main/docs/catalog.md
"""

from __future__ import annotations

from typing import Any

from builder.exports.fixed_remote import fixed_url
from builder.exports.scope import ExportScope
from builder.exports.server_list import Entry, ServerList
from builder.install.field import records, text
from builder.install.inputs import environment
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
    secrets = [
        setting.name
        for setting in settings
        if any(part.secret for part in inputs_of(setting.value))
    ]
    plain = [setting.name for setting in settings if setting.needed and setting.name not in secrets]
    lists = {
        "command": command,
        "secrets": [{"name": _setting(name, variable), "env": variable} for variable in secrets],
        "env": [
            {"name": variable, "value": f"{{{{{_setting(name, variable)}}}}}"} for variable in plain
        ],
    }
    return {"image": image, **{key: value for key, value in lists.items() if value}}


def _setting(server: str, variable: str) -> str:
    return f"{server}.{variable.lower()}"
