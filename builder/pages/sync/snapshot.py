"""The snapshot: the whole catalogue in one compressed file, to start a copy from.

JSON Lines in gzip: a header, then every version's item, deleted ones included, by name and
version in byte order. Each page of the list of every version is a gzip member of its own (RFC
1952 allows any number), so that a member depends on one page only.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import orjson

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.pagination import Cut
from builder.model import timestamp
from builder.model.page import Page
from builder.pages.sync import lists
from builder.pages.sync.compressed import member
from builder.pages.sync.lists import Listing

FORMAT = 1


def page(catalogue: Catalogue, every: Listing, path: str) -> Page:
    """The snapshot of a catalogue, along the pages of the list of every version."""
    members = [
        catalogue.memo.data("member", lists.page_inputs(every, cut), partial(_page, every, cut))
        for cut in every.pages
    ]
    return Page(path, b"".join([_member([orjson.dumps(header(catalogue))]), *members]))


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


def _page(every: Listing, cut: Cut) -> bytes:
    return _member(lists.page_items(every, cut))


def _member(lines: Iterable[bytes]) -> bytes:
    text = b"".join(line + b"\n" for line in lines)
    return member(text) if text else b""
