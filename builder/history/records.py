"""What a replay knows of every server, read from where it is kept when it is asked for.

Servers stand in runs of neighbours by name: what is made of one page of a list, or of one server,
reads a run or two of 30,000 servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from builder.catalogue.runs import Run
from builder.catalogue.server import Version


@dataclass(slots=True)
class Record:
    """One server: the blobs of its entries by version and of its sidecars ("": none), and its
    versions as they are shown.

    `hidden` are those that are blocked, as they would be shown if they were not.
    """

    entries: dict[str, str] = field(default_factory=dict)
    status: str = ""
    upstream: str = ""
    overlay: str = ""
    facts: str = ""
    versions: dict[str, Version] = field(default_factory=dict)
    hidden: dict[str, Version] = field(default_factory=dict)

    @property
    def drafts(self) -> dict[str, Version]:
        """Its versions as they would be shown if none was blocked."""
        return {**self.versions, **self.hidden} if self.hidden else self.versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A run of servers that is kept in a block of the cache.

    `counts` has the number of versions of each, by name in byte order; `blocked` are those that
    have hidden versions; `read` gives the records.
    """

    block: str
    counts: Mapping[str, int]
    blocked: frozenset[str]
    read: Callable[[], Mapping[str, Record]]


class Shelf(Mapping[str, Record]):
    """Records by name: those that were put here, and those of kept runs."""

    def __init__(self, kept: Iterable[Kept] = ()) -> None:
        self._runs = tuple(kept)
        self._kept = {name: run for run in self._runs for name in run.counts}
        self._read: dict[str, Record] = {}

    def __getitem__(self, name: str) -> Record:
        """Return the record of a server; reads its run if need be."""
        if name not in self._read and name in self._kept:
            for other, record in self._kept[name].read().items():
                self._read.setdefault(other, record)
        return self._read[name]

    def __setitem__(self, name: str, record: Record) -> None:
        """Put a new record here."""
        self._read[name] = record

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a server, without reading it."""
        return name in self._read or name in self._kept

    def __iter__(self) -> Iterator[str]:
        """Go through the names, in no order that means anything."""
        return iter(self._kept | self._read)

    def __len__(self) -> int:
        """Count the servers."""
        return len(self._kept | self._read)

    def count(self, name: str) -> int:
        """Count the versions of a server, without reading it."""
        if name in self._read:
            return len(self._read[name].versions)
        return self._kept[name].counts[name]

    def counts(self) -> dict[str, int]:
        """Count the versions of every server, without reading one."""
        kept: dict[str, int] = {}
        for run in self._runs:
            kept |= run.counts
        return kept | {name: len(record.versions) for name, record in self._read.items()}

    def is_blocked(self, name: str) -> bool:
        """Return whether a server has hidden versions, without reading it."""
        if name in self._read:
            return bool(self._read[name].hidden)
        return name in self._kept[name].blocked

    def is_read(self, name: str) -> bool:
        """Return whether a server's record is in memory."""
        return name in self._read

    def blocks(self) -> dict[Run, str]:
        """Name the block of each run that is kept."""
        return {tuple(run.counts): run.block for run in self._runs}
