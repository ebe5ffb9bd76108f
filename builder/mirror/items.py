"""Upstream's items: read whatever their shape, and judged one by one.

Upstream's data is dirty. An item that cannot be stored is left out with a reason, and does not
hide the others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.check import engine
from builder.model import sidecars
from builder.model.finding import Finding
from builder.model.json_values import as_object, text
from builder.model.layout import Kind, entry_path, place
from builder.model.server_json import OFFICIAL
from builder.model.wording import is_utf8

_NO_FOLDERS = {".", "..", ".git"}
_LONGEST = 255
"""Bytes in a file name, on every file system in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamItem:
    """One version as upstream gives it. What should be an object and is none is empty here.

    `official` is upstream's own block of the outer `_meta`, `others` are the other blocks in it.
    """

    name: str
    version: str
    server: Mapping[str, Any]
    official: Mapping[str, Any]
    others: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path of its document."""
        return entry_path(self.name, self.version)


def read(response: object) -> UpstreamItem:
    """Read one ServerResponse of the v0.1 API, of whatever shape it is."""
    item = as_object(response)
    server, meta = as_object(item.get("server")), as_object(item.get("_meta"))
    return UpstreamItem(
        name=text(server, "name"),
        version=text(server, "version"),
        server=server,
        official=as_object(meta.get(OFFICIAL)),
        others={key: value for key, value in meta.items() if key != OFFICIAL},
    )


def path_problem(item: UpstreamItem) -> str | None:
    """Return why an item cannot have a path in servers/, None if it can."""
    name, version = item.name, item.version
    if not name or not version:
        return "it has no name or no version"
    if not name.isprintable() or "\\" in name:
        return "its name has characters that a path cannot have"
    if not is_utf8(version):
        return "its version has characters that a path cannot have"
    where = place(item.path)
    if (where.kind, where.name, where.version) != (Kind.ENTRY, name, version):
        return "its name or version cannot be a path"
    if not _NO_FOLDERS.isdisjoint(name.lower().split("/")):
        return "its name or version cannot be a path"
    if any(len(part.encode()) > _LONGEST for part in item.path.split("/")):
        return "its name or version is too long for a file name"
    return None


def metadata_problem(item: UpstreamItem) -> str | None:
    """Return why an item's outer `_meta` cannot be stored, None if it can."""
    stored = {"versions": {item.version: item.official}, "meta": {item.version: item.others}}
    try:
        sidecars.read_upstream(to_bytes({"source": "any", **stored}))
    except sidecars.SidecarError as error:
        return f"its _meta cannot be kept: {error}"
    return None


def findings(item: UpstreamItem) -> list[Finding]:
    """Return what the rules find in an item's document as it will stand in servers/."""
    return engine.check_document(to_bytes(item.server), item.path, mirrored=True)


def to_bytes(value: object) -> bytes:
    """Encode a JSON value as it is stored. Half of a surrogate pair is escaped: UTF-8 has none."""
    plain = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    return (plain if is_utf8(plain) else json.dumps(value, indent=2) + "\n").encode()
