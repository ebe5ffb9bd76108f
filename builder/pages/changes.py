"""The change log: every event since the beginning, in shards of 256 that never change once full.

Each shard is a list response of the official API whose items carry, beside the official block,
the event's sequence number, time and kind. An event has one form in bytes, whoever builds it and
whenever; 256 is the size of an entry bundle of a tiled transparency log, which can be laid over
the shards without changing them (https://c2sp.org/tlog-tiles).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder import timestamp
from builder.catalogue import Event
from builder.page import Page
from builder.pages import index
from builder.pages.api import list_body

SHARD = 256
FULL = "full/"
"""The folder of full shards. A host sees by it that they may be cached for ever; the last shard,
which still grows, stands outside of it."""


RECENT, RECENT_URL = 32, "recent.json"
"""Events in `recent.json`: what a copy that looks every hour has missed, at a tenth of a shard."""


def pages(events: Sequence[Event], folder: str, key: str) -> Iterator[Page]:
    """The shards in order, the newest events alone, and the index of the shards.

    `key` is the change's in an item's outer `_meta`. A row of the index says which sequence
    numbers and times its shard covers, both ends included.
    """
    rows = []
    for start in range(0, len(events), SHARD):
        row, body = _shard(events, start, key)
        yield Page(f"{folder}/{row['url']}", body)
        rows.append(row)
    if events:
        yield Page(f"{folder}/{RECENT_URL}", _recent(events, key)[1])
    yield from index.pages(folder, "shards", rows)


def newest(events: Sequence[Event], key: str) -> list[index.Row]:
    """Rows of the files that end with the newest event, the smaller one first; none if no event."""
    if not events:
        return []
    start = (len(events) - 1) // SHARD * SHARD
    return [_recent(events, key)[0], _shard(events, start, key)[0]]


def item(event: Event, key: str) -> bytes:
    """One event: the version as it was right after, and the change. Its one form in bytes."""
    change = {
        "sequence": event.sequence,
        "time": timestamp.render(event.time),
        "kind": event.kind.value,
    }
    return event.version.item(**{key: change})


def _shard(events: Sequence[Event], start: int, key: str) -> tuple[index.Row, bytes]:
    shard = events[start : start + SHARD]
    full = FULL if len(shard) == SHARD else ""
    return _file(f"{full}{start // SHARD + 1}.json", shard, key)


def _recent(events: Sequence[Event], key: str) -> tuple[index.Row, bytes]:
    return _file(RECENT_URL, events[-RECENT:], key)


def _file(url: str, events: Sequence[Event], key: str) -> tuple[index.Row, bytes]:
    body = list_body(item(event, key) for event in events)
    row: index.Row = {
        "url": url,
        "count": len(events),
        "from": events[0].sequence,
        "to": events[-1].sequence,
        "since": timestamp.render(events[0].time),
        "until": timestamp.render(events[-1].time),
        "sha256": index.sha256(body),
    }
    return row, body
