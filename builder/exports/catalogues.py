"""Lists of servers in the forms that other programs read: Kiro and Amazon Q, Docker, ToolHive, Cline.

Each holds the newest of a server's versions that are in the export.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from builder.exports.scope import ExportScope
from builder.install.field import record, records, text
from builder.install.inputs import environment
from builder.install.naming import key
from builder.install.package import package as exact
from builder.install.plan import Local, Remote, local, remote, transport_type
from builder.install.value import inputs_of
from builder.model import timestamp

Document = Mapping[str, Any]
_Q_KEYS = ("name", "title", "description", "version", "packages", "remotes")
_Q_PACKAGES = ("npm", "pypi", "oci")
_TOOLHIVE = (
    "https://raw.githubusercontent.com/stacklok/toolhive-core/main/"
    "registry/types/data/upstream-registry.schema.json"
)


def _newest(scope: ExportScope) -> Iterator[tuple[str, Document]]:
    for server in scope.allowed:
        yield server.name, server.documents[0][1]


def registry_json(scope: ExportScope) -> dict[str, Any]:
    """Return the one-file registry that Kiro and Amazon Q Developer read.

    https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/mcp-governance.html: a part of the
    official form, exact versions, packages that npx, uvx or docker start.
    """
    servers = []
    for _, document in _newest(scope):
        kept = {name: document[name] for name in _Q_KEYS if name in document}
        kept["packages"] = [
            package
            for package in records(document, "packages")
            if text(package, "registryType") in _Q_PACKAGES and transport_type(package) == "stdio"
        ]
        if kept["packages"] or kept.get("remotes"):
            servers.append({name: value for name, value in kept.items() if value})
    return {"servers": [{"server": server} for server in servers]}


def toolhive(scope: ExportScope) -> dict[str, Any]:
    """Return the registry file of ToolHive in the official form.

    https://docs.stacklok.com/toolhive/reference/registry-schema-upstream
    """
    return {
        "$schema": _TOOLHIVE,
        "version": "1.0.0",
        "meta": {"last_updated": timestamp.render(scope.time)},
        "data": {"servers": [document for _, document in _newest(scope)]},
    }


def cline(scope: ExportScope) -> dict[str, Any]:
    """Return the part of Cline's remote configuration that is about MCP servers.

    https://docs.cline.bot/enterprise-solutions/configuration: servers are known by the address of
    their GitHub repository; remotes are pushed to all users.
    """
    found = list(_newest(scope))
    urls = (text(record(document, "repository"), "url") for _, document in found)
    allowed = dict.fromkeys(url for url in urls if url.startswith("https://github.com/"))
    return {
        "version": "v1",
        "mcpMarketplaceEnabled": True,
        "allowedMCPServers": [{"id": url} for url in allowed],
        "remoteMCPServers": [
            {"name": key(name), "url": url}
            for name, document in found
            if (url := _fixed_url(records(document, "remotes")))
        ],
        "blockPersonalRemoteMCPServers": True,
    }


def docker(scope: ExportScope) -> dict[str, Any]:
    """Return a catalogue of Docker's MCP gateway: images, and remotes without inputs.

    https://github.com/docker/mcp-gateway/blob/main/docs/catalog.md
    """
    entries = {key(name): _docker_entry(key(name), document) for name, document in _newest(scope)}
    return {
        "version": 3,
        "name": scope.path.replace("/", "-"),
        "displayName": scope.title,
        "registry": {name: entry for name, entry in entries.items() if entry},
    }


def _docker_entry(name: str, document: Document) -> dict[str, Any] | None:
    about = {
        "title": text(document, "title") or name,
        "description": text(document, "description"),
    }
    for package in records(document, "packages"):
        if text(package, "registryType") == "oci" and transport_type(package) == "stdio":
            started = _image(name, package)
            if started:
                return {**about, "type": "server", **started}
    for item in records(document, "remotes"):
        if url := _fixed_url([item]):
            transport = {"url": url, "transport_type": text(item, "type")}
            return {**about, "type": "remote", "remote": transport}
    return None


def _image(name: str, package: Document) -> dict[str, Any] | None:
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
    secrets = [one.name for one in settings if any(part.secret for part in inputs_of(one.value))]
    plain = [one.name for one in settings if one.needed and one.name not in secrets]
    lists = {
        "command": command,
        "secrets": [{"name": _setting(name, one), "env": one} for one in secrets],
        "env": [{"name": one, "value": f"{{{{{_setting(name, one)}}}}}"} for one in plain],
    }
    return {"image": image, **{key: value for key, value in lists.items() if value}}


def _setting(server: str, variable: str) -> str:
    return f"{server}.{variable.lower()}"


def _fixed_url(remotes: Iterable[Document]) -> str:
    """Return the first address that needs nothing of its user, "" if there is none."""
    for item in remotes:
        plan = remote(item, {}).plain
        if not isinstance(plan, Remote) or any(header.needed for header in plan.headers):
            continue
        if all(isinstance(part, str) for part in plan.url):
            return text(item, "url")
    return ""
