"""The change log as a sequence that need not be in memory: old events are read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from builder.cache.store import fingerprint

if TYPE_CHECKING:
    from builder.catalogue.server import Event

LENGTH = 1024
"""Events of a block of the cache."""


class Log(Sequence["Event"]):
    """Events in order, numbered from 1. The first ones may stand in blocks of LENGTH instead.

    `blocks` are the hashes of blocks, in order, the last of which may be shorter; `read` gives
    the events of one. `recent` are the events in memory, of which the first is number `first`
    (from 0); every event before it is in a block.
    """

    def __init__(
        self,
        recent: Iterable[Event] = (),
        *,
        first: int = 0,
        blocks: Sequence[str] = (),
        read: Callable[[int], Sequence[Event]] | None = None,
    ) -> None:
        self._recent = list(recent)
        self._first = first
        self._read = read
        self.blocks = tuple(blocks)

    def append(self, event: Event) -> None:
        """Add an event at the end."""
        self._recent.append(event)

    def named(self, blocks: Sequence[str]) -> Log:
        """Give the same events, with the hashes of the blocks that hold them all."""
        return Log(self._recent, first=self._first, blocks=blocks, read=self._read)

    def fingerprint(self, start: int, stop: int) -> str:
        """Give a hash of the events from `start` up to `stop`, "" if no blocks are named."""
        blocks = self.blocks[start // LENGTH : -(-stop // LENGTH)]
        if not blocks or stop > len(self.blocks) * LENGTH:
            return ""
        return fingerprint(*(one.encode() for one in (*blocks, f"{start}:{stop}")))

    def __eq__(self, other: object) -> bool:
        """Tell whether two logs have the same events, wherever they are."""
        return isinstance(other, Log) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # it grows

    def __len__(self) -> int:
        """Count the events."""
        return self._first + len(self._recent)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...

    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        """Give one event, or some in a row."""
        if isinstance(index, int):
            place = range(len(self))[index]
            return self._some(place, place + 1)[0]
        start, stop, step = index.indices(len(self))
        return self._some(start, stop) if step == 1 else list(self)[index]

    def __iter__(self) -> Iterator[Event]:
        """Go through all events, with one block of them in memory at a time."""
        for start in range(0, len(self), LENGTH):
            yield from self._some(start, start + LENGTH)

    def _some(self, start: int, stop: int) -> list[Event]:
        found: list[Event] = []
        while start < min(stop, self._first) and self._read is not None:
            block, place = divmod(start, LENGTH)
            end = min(stop, self._first, (block + 1) * LENGTH)
            found += self._read(block)[place : place + end - start]
            start = end
        return found + self._recent[max(0, start - self._first) : max(0, stop - self._first)]
