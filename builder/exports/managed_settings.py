"""managed-settings.json of Claude Code and of GitHub Copilot: what their users may start and reach.

https://code.claude.com/docs/en/managed-mcp and
https://docs.github.com/en/copilot/how-tos/administer-copilot/manage-mcp-usage/configure-enterprise-allowlist

A command is compared word by word, an address as it is written with `*` for anything. One entry
that is malformed lets nothing pass, one with a variable is never met: both are left out and told.
A denial counts more than what is allowed, so nothing that is allowed is ever denied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from builder.exports.scope import ExportScope, LeftOut, SelectedServer
from builder.install import Client
from builder.install.naming import key
from builder.install.starts import Start

Entry = dict[str, Any]
_PORTS = {"http": 80, "https": 443}


def claude_code(scope: ExportScope, clients: Sequence[Client]) -> Entry:
    """Return the settings of Claude Code: its users cannot allow anything beyond the list."""
    lists = _lists(scope, clients)
    # By the name in a configuration, which users choose: of what is not known there is nothing better.
    names = [{"serverName": key(server.name)} for server in scope.denied if not server.is_known]
    lists["deniedMcpServers"] += names
    return {"allowManagedMcpServersOnly": True, **lists}


def copilot(scope: ExportScope, clients: Sequence[Client]) -> Entry:
    """Return the settings of GitHub Copilot's clients."""
    return _lists(scope, clients)


def left_out(scope: ExportScope, clients: Sequence[Client]) -> Iterator[LeftOut]:
    """Yield what no list can hold."""
    for server in scope.allowed:
        for version, start in server.starts(clients):
            if start.reason:
                yield LeftOut(
                    name=server.name,
                    version=version.version,
                    target=start.target,
                    reason=start.reason,
                )


def _lists(scope: ExportScope, clients: Sequence[Client]) -> Entry:
    allowed = _entries(scope.allowed, clients)
    denied = _entries(scope.denied, clients)
    return {
        "allowedMcpServers": list(allowed.values()),
        "deniedMcpServers": [
            entry for compared, entry in denied.items() if compared not in allowed
        ],
    }


def _entries(
    servers: Iterable[SelectedServer], clients: Sequence[Client]
) -> dict[tuple[str, ...], Entry]:
    """Return the entries of servers, each once, by what they compare."""
    entries: dict[tuple[str, ...], Entry] = {}
    for server in servers:
        for _, start in server.starts(clients):
            entries.update(_of(start))
    return entries


def _of(start: Start) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for words in start.commands:
        yield words, {"serverCommand": list(words)}
    if start.url:
        url = canonical(start.url)
        yield (url,), {"serverUrl": url}


def canonical(url: str) -> str:
    """Return an address as clients compare it.

    Scheme and host are in lower case, without a dot at the host's end, the scheme's own port and
    a fragment; an empty path is `/`.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if "[" in parts.netloc else host
    port = parts.port
    shown = f"{host}:{port}" if port is not None and port != _PORTS.get(parts.scheme) else host
    return urlunsplit((parts.scheme.lower(), shown, parts.path or "/", parts.query, ""))
