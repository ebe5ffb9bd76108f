"""The snapshot: the whole catalogue in one compressed file, to start a copy from.

JSON Lines in gzip: a header, then every version's item, deleted ones included, by name and
version in byte order. Each page of the list of every version is a gzip member of its own (RFC
1952 allows any number), so that a member depends on one page only.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from builder.cache.memo import Memo
from builder.catalogue.catalogue import Catalogue
from builder.model import timestamp
from builder.model.page import Page
from builder.pages.sync.lists import Items
from builder.runtime.deflate import gzip_member

FORMAT = 1


class SnapshotMembers:
    """The compressed pages of the list of every version, made along with that list."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        self._made: list[bytes] = []

    def add(self, inputs: str, items: Items) -> None:
        """Add a page, the next one of the list, by its items and a hash of what they are made from."""
        self._made.append(self._memo.data("member", inputs, lambda: _member(items())))

    def page(self, catalogue: Catalogue, path: str) -> Page:
        """The snapshot of a catalogue, from all pages of its list."""
        return Page(path, b"".join([_member([orjson.dumps(header(catalogue))]), *self._made]))


def header(catalogue: Catalogue) -> dict[str, str | int]:
    """The first line: which state of the registry this is, and how much of it follows."""
    return {
        "format": FORMAT,
        "sequence": len(catalogue.events),
        "time": timestamp.render(catalogue.time),
        "generation": catalogue.commit,
        "servers": len(catalogue.servers),
        "versions": sum(server.count for server in catalogue.servers),
    }


def _member(lines: Iterable[bytes]) -> bytes:
    text = b"".join(line + b"\n" for line in lines)
    return gzip_member(text) if text else b""
