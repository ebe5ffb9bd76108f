"""The change log: every event since the beginning, in shards of 256 that never change once full.

Each shard is a list response of the official API whose items carry, beside the official block,
the event's sequence number, time and kind. An event has one form in bytes, whoever builds it and
whenever; 256 is the size of an entry bundle of a tiled transparency log, which can be laid over
the shards without changing them (https://c2sp.org/tlog-tiles). On a lean site full shards are gzip,
an eighth of the bytes: `full/1.gz` for `full/1.json`. Two of them that are full become one file,
`full/1-2.gz`, with the events of both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from builder.cache.memo import Memo
from builder.catalogue.change_log import RUN, Log
from builder.catalogue.server import Event
from builder.model import timestamp
from builder.model.page import Page
from builder.pages.api.servers import list_body
from builder.pages.sync import index
from builder.runtime.deflate import gzip_member
from builder.runtime.once import once

SHARD = RUN
JOINED = 2 * SHARD
"""Events of a file of a lean site, where files count, once there are so many."""
FULL = "full/"
"""The folder of full shards. A host sees by it that they may be cached for ever; the last shard,
which still grows, stands outside of it."""
GZIP = ".gz"

RECENT, RECENT_URL = 32, "recent.json"
"""Events in `recent.json`: what a copy that looks every hour has missed, at a tenth of a shard."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the log: its URL relative to the index, and the events it has: [start, stop)."""

    url: str
    start: int
    stop: int

    @property
    def is_compressed(self) -> bool:
        """Whether the file is gzip."""
        return self.url.endswith(GZIP)


def pages(
    events: Log, folder: str, extension: str, memo: Memo, *, lean: bool = False
) -> Iterator[Page]:
    """The shards in order, the newest events alone, and the index of the shards.

    `extension` is the registry's own namespace, under which `_meta` has the change. A row of the index says which sequence
    numbers and times its shard covers, both ends included.
    """
    rows = []
    for shard in _shards(len(events), lean=lean):
        inputs = events.fingerprint(shard.start, shard.stop)
        body = once(partial(_body, events, shard, extension))
        kind = "gzip-shard" if shard.is_compressed else "shard"
        rows.append(memo.value(kind, inputs, partial(_row, events, shard, body)))
        yield Page(f"{folder}/{shard.url}", body, inputs)
    if events:
        yield Page(f"{folder}/{RECENT_URL}", _body(events, _recent(len(events)), extension))
    yield from index.pages(folder, "shards", rows)


def newest(events: Log, extension: str, *, lean: bool = False) -> list[index.Row]:
    """Rows of the files that end with the newest event, the smaller one first; none if no event."""
    if not events:
        return []
    count = len(events)
    *_, last = _shards(count, lean=lean)
    parts = _recent(count), last
    return [_row(events, part, partial(_body, events, part, extension)) for part in parts]


def change_key(extension: str) -> str:
    """The key under which the outer `_meta` of a change log's item says what happened."""
    return f"{extension}/change"


def item(event: Event, extension: str) -> bytes:
    """One event: the version as it was right after, and the change. Its one form in bytes."""
    return _with_change(event, extension, event.version.item_halves(extension))


def _with_change(event: Event, extension: str, halves: tuple[bytes, bytes]) -> bytes:
    change = {
        "sequence": event.sequence,
        "time": timestamp.render(event.time),
        "kind": event.kind.value,
    }
    return orjson.dumps({change_key(extension): change})[1:-1].join((halves[0] + b",", halves[1]))


def _shards(count: int, *, lean: bool) -> Iterator[Part]:
    """Yield the files that so many events are in, in their order."""
    joined = count // JOINED * JOINED if lean else 0
    for start in range(0, joined, JOINED):
        first, last = start // SHARD + 1, (start + JOINED) // SHARD
        yield Part(f"{FULL}{first}-{last}{GZIP}", start, start + JOINED)
    for start in range(joined, count, SHARD):
        number, stop = start // SHARD + 1, start + SHARD
        if stop > count:
            yield Part(f"{number}.json", start, count)
        else:
            yield Part(f"{FULL}{number}{GZIP if lean else '.json'}", start, stop)


def _recent(count: int) -> Part:
    return Part(RECENT_URL, max(0, count - RECENT), count)


def _body(events: Log, part: Part, extension: str) -> bytes:
    items, digests = [], []
    for event in events[part.start : part.stop]:
        halves = event.version.item_halves(extension)
        items.append(_with_change(event, extension, halves))
        digests.append(hashlib.sha256(b"".join(halves)).digest())
    for start in range(0, len(items) - SHARD + 1, SHARD):  # none of the newest events alone
        run = digests[start : start + SHARD]
        events.keep_digests(extension, part.start + start, b"".join(run))
    body = list_body(items)
    return gzip_member(body) if part.is_compressed else body


def _row(events: Log, part: Part, body: Callable[[], bytes]) -> index.Row:
    first, last = events[part.start], events[part.stop - 1]
    return {
        "url": part.url,
        "count": part.stop - part.start,
        "from": first.sequence,
        "to": last.sequence,
        "since": timestamp.render(first.time),
        "until": timestamp.render(last.time),
        "sha256": index.sha256(body()),
    }
