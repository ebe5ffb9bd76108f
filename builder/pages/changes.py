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


def pages(events: Sequence[Event], folder: str, key: str) -> Iterator[Page]:
    """The shards in order, and their index; `key` is the change's in an item's outer `_meta`.

    A row of the index says which sequence
    numbers and times it covers, both ends included.
    """
    rows = []
    for start in range(0, len(events), SHARD):
        row, body = _shard(events, start, key)
        yield Page(f"{folder}/{row['url']}", body)
        rows.append(row)
    yield from index.pages(folder, "shards", rows)


def newest_row(events: Sequence[Event], key: str) -> index.Row | None:
    """The last row of the log's index; None while the log is empty."""
    if not events:
        return None
    row, _ = _shard(events, (len(events) - 1) // SHARD * SHARD, key)
    return row


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
    body = list_body(item(event, key) for event in shard)
    row: index.Row = {
        "url": f"{start // SHARD + 1}.json",
        "count": len(shard),
        "from": shard[0].sequence,
        "to": shard[-1].sequence,
        "since": timestamp.render(shard[0].time),
        "until": timestamp.render(shard[-1].time),
        "sha256": index.sha256(body),
    }
    return row, body
