"""A list of servers in another program's form: an entry a server, or why it has none.

Each holds the newest of a server's versions that are in the export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from builder.exports.scope import ExportScope, LeftOut
from builder.model.server_json import Document

Entry = dict[str, Any]
_BREAKS_SCHEMA = "It breaks the current schema of server.json, by which the file is read."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerList:
    """How a format lists servers.

    `entry` makes an entry of a server's name and document, or returns None, which `reason`
    explains. A list `by_schema` has documents in the official form: one that breaks the schema is
    not in it.
    """

    entry: Callable[[str, Document], Entry | None]
    reason: str
    by_schema: bool = False

    def entries(self, scope: ExportScope) -> Iterator[tuple[str, Entry]]:
        """Yield the servers that the list holds, each with its entry."""
        for newest in scope.newest:
            if self.by_schema and newest.breaks_schema:
                continue
            if entry := self.entry(newest.name, newest.document):
                yield newest.name, entry

    def left_out(self, scope: ExportScope) -> Iterator[LeftOut]:
        """Yield the servers that the list does not hold."""
        listed = {name for name, _ in self.entries(scope)}
        for newest in scope.newest:
            if newest.name not in listed:
                breaks = self.by_schema and newest.breaks_schema
                yield LeftOut(
                    name=newest.name,
                    version=newest.version,
                    target="",
                    reason=_BREAKS_SCHEMA if breaks else self.reason,
                )
