"""Lists of servers in the forms that Kiro and Amazon Q, ToolHive and Cline read."""

from __future__ import annotations

from typing import Any

from builder.exports.fixed_remote import fixed_url
from builder.exports.scope import ExportScope
from builder.exports.server_list import Entry, ServerList
from builder.install.field import record, records, text
from builder.install.naming import key
from builder.install.plan import local, remote, transport_type
from builder.model import timestamp
from builder.model.server_json import Document

_Q_KEYS = ("name", "title", "description", "version")
_Q_PACKAGES = ("npm", "pypi", "oci")
_TOOLHIVE_SCHEMA = (
    "https://raw.githubusercontent.com/stacklok/toolhive-core/main/"
    "registry/types/data/upstream-registry.schema.json"
)


def _kiro_entry(_name: str, document: Document) -> Entry | None:
    """Return a server with one package that npx, uvx or docker starts, and nothing else, or with one remote."""
    about = {name: document[name] for name in _Q_KEYS if document.get(name)}
    for package in records(document, "packages"):
        starts = text(package, "registryType") in _Q_PACKAGES and transport_type(package) == "stdio"
        if starts and local(package).plain:
            return {**about, "packages": [package]}
    for item in records(document, "remotes"):
        if "{" not in text(item, "url") and remote(item, {}).plain:
            return {**about, "remotes": [item]}
    return None


def _official_entry(_name: str, document: Document) -> Entry:
    """Return a document without the empty `repository` that upstream writes where there is none."""
    return {key: value for key, value in document.items() if (key, value) != ("repository", {})}


def _cline_entry(name: str, document: Document) -> Entry | None:
    """Return the lists of Cline's that a server is in, with what each holds of it."""
    repository = text(record(document, "repository"), "url")
    url = fixed_url(records(document, "remotes"))
    lists: Entry = {}
    if repository.startswith("https://github.com/"):
        lists["allowedMCPServers"] = {"id": repository}
    if url:
        lists["remoteMCPServers"] = {"name": key(name), "url": url}
    return lists or None


KIRO = ServerList(
    entry=_kiro_entry,
    reason="It has no package that npx, uvx or docker starts, and no remote at a fixed address.",
    by_schema=True,
)
TOOLHIVE = ServerList(entry=_official_entry, reason="", by_schema=True)
CLINE = ServerList(
    entry=_cline_entry,
    reason="It has no repository at github.com, and no remote that needs nothing of its user.",
)


def kiro(scope: ExportScope) -> dict[str, Any]:
    """Return the one-file registry that Kiro and Amazon Q Developer read.

    https://docs.aws.amazon.com/amazonq/latest/qdeveloper-ug/mcp-governance.html: a part of the
    official form, exact versions, one way to run or reach each server.
    """
    return {"servers": [{"server": server} for _, server in KIRO.entries(scope)]}


def toolhive(scope: ExportScope) -> dict[str, Any]:
    """Return the registry file of ToolHive in the official form.

    https://docs.stacklok.com/toolhive/reference/registry-schema-upstream
    """
    return {
        "$schema": _TOOLHIVE_SCHEMA,
        "version": "1.0.0",
        "meta": {"last_updated": timestamp.render(scope.time)},
        "data": {"servers": [server for _, server in TOOLHIVE.entries(scope)]},
    }


def cline(scope: ExportScope) -> dict[str, Any]:
    """Return the part of Cline's remote configuration that is about MCP servers.

    https://docs.cline.bot/enterprise-solutions/configuration: servers are known by the address of
    their GitHub repository; remotes are pushed to all users.
    """
    listed = [lists for _, lists in CLINE.entries(scope)]
    ids = (lists["allowedMCPServers"]["id"] for lists in listed if "allowedMCPServers" in lists)
    return {
        "version": "v1",
        "mcpMarketplaceEnabled": True,
        "allowedMCPServers": [{"id": id} for id in dict.fromkeys(ids)],
        "remoteMCPServers": [
            lists["remoteMCPServers"] for lists in listed if "remoteMCPServers" in lists
        ],
        "blockPersonalRemoteMCPServers": True,
    }
