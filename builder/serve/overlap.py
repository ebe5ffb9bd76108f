"""`updated_since` with an overlap: what a client's own clock would make it miss.

A change is served minutes after its commit's time. A client that asks by the time of its last
visit would miss what was committed before that visit and deployed after it, so its answer goes back
by an overlap. A client that asks by the greatest `updatedAt` it has seen gets the exact answer: times
of changes are strictly ordered, and no clock that counts seconds or milliseconds reads the same as one
(builder/history/clock.py).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from builder.history import clock
from builder.model import timestamp

Row = Mapping[str, str]
ReadFile = Callable[[str], bytes]
"""Reads a file by its path in the folder of the change log."""
Since = Callable[[int], int]
"""The time that is asked for -> the time to answer by, both in nanoseconds since 1970."""


@dataclass(frozen=True, slots=True)
class ChangeTimes:
    """The times of all changes, looked up in the files of a built change log; `read` reads them."""

    read: ReadFile

    def since(self, time: int, overlap: int) -> int:
        """Return the time to answer by; `overlap` and times in nanoseconds."""
        return time if not overlap or self.has(time) else time - overlap

    def has(self, time: int) -> bool:
        """Return whether a change of the registry has exactly this time; reads one shard at most."""
        if not clock.may_be_change(time):
            return False
        text = timestamp.render(time)
        # Looked for as text: to parse a shard takes a hundred times as long.
        return any(
            f'"time":"{text}"'.encode() in self._shard(row["url"])
            for row in self._rows(text)
            if row["since"] <= text <= row["until"]
        )

    def _shard(self, url: str) -> bytes:
        body = self.read(url)
        return gzip.decompress(body) if url.endswith(".gz") else body

    def _rows(self, text: str) -> Iterator[Row]:
        index = orjson.loads(self.read("index.json"))
        for part in index.get("parts", ()):
            if part["since"] <= text <= part["until"]:
                yield from orjson.loads(self.read(part["url"]))["shards"]
        yield from index.get("shards", ())
