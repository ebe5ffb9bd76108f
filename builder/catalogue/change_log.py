"""The change log as a sequence that is not all in memory: old events are read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, overload

from builder.cache.store import fingerprint

if TYPE_CHECKING:
    from builder.catalogue.server import Event

LENGTH = 1024
"""Events in one block of the cache."""
RUN = 256
"""Events whose items are made together: those of a shard."""


class Log(Sequence["Event"]):
    """Events in order, the later ones in memory, the earlier ones in blocks of the cache.

    `recent` are the events in memory, `first` is the index of the first of them. Those before it
    are in blocks of LENGTH events; `read` returns the events of a block by its number. `blocks`
    are the hashes of all blocks, of which the last may be shorter.
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
        self._digests: dict[tuple[str, int], bytes] = {}

    def append(self, event: Event) -> None:
        """Add an event at the end."""
        self._recent.append(event)

    def replace_last(self, event: Event) -> None:
        """Put another event in the place of the one that was added last."""
        self._recent[-1] = event

    def with_blocks(self, blocks: Sequence[str]) -> Log:
        """Return the same events with the hashes of the blocks that hold them all."""
        return Log(self._recent, first=self._first, blocks=blocks, read=self._read)

    def fingerprint(self, start: int, stop: int) -> str:
        """Return a hash of the events [start, stop), "" if the hashes of their blocks are not known."""
        blocks = self.blocks[start // LENGTH : -(-stop // LENGTH)]
        if not blocks or stop > len(self.blocks) * LENGTH:
            return ""
        return fingerprint(*(part.encode() for part in (*blocks, f"{start}:{stop}")))

    def keep_digests(self, extension: str, start: int, digests: bytes) -> None:
        """Keep the SHA-256 of the items of a run of RUN events, 32 bytes each, which shards and tree need.

        `extension` is the namespace that the items have, `start` the position of the first event.
        """
        self._digests[extension, start] = digests

    def item_digest(self, extension: str, position: int) -> bytes:
        """Return the SHA-256 of an event's item, b"" if it was not kept."""
        start = position // RUN * RUN
        offset = (position - start) * 32
        return self._digests.get((extension, start), b"")[offset : offset + 32]

    def __eq__(self, other: object) -> bool:
        """Return whether two logs have the same events, in memory or not."""
        return isinstance(other, Log) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # it grows

    def __len__(self) -> int:
        """Return the number of events."""
        return self._first + len(self._recent)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...

    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        """Return one event, or those of a slice."""
        if isinstance(index, int):
            if -len(self._recent) <= index < 0:  # a replay asks for the last event at each
                return self._recent[index]
            position = range(len(self))[index]
            return self._range(position, position + 1)[0]
        start, stop, step = index.indices(len(self))
        return self._range(start, stop) if step == 1 else list(self)[index]

    def __iter__(self) -> Iterator[Event]:
        """Yield all events, with one block of them in memory at a time."""
        for start in range(0, len(self), LENGTH):
            yield from self._range(start, start + LENGTH)

    def _range(self, start: int, stop: int) -> list[Event]:
        events: list[Event] = []
        while start < min(stop, self._first) and self._read is not None:
            block, offset = divmod(start, LENGTH)
            end = min(stop, self._first, (block + 1) * LENGTH)
            events += self._read(block)[offset : offset + end - start]
            start = end
        return events + self._recent[max(0, start - self._first) : max(0, stop - self._first)]
