"""Where the lists are cut into pages: a function of the order in which entries came and went.

A boundary between two pages, once made, never moves or goes away. A page that overflows is split,
and its upper part becomes a new page under the next free number; a page that loses its last entry
stays. So page n always starts where it started when it was made, and whoever follows cursors from
one deploy to the next meets every key exactly once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.cache.memo import Memo
from builder.catalogue import change_log
from builder.catalogue.change_log import Log
from builder.catalogue.server import ChangeKind, Event

SIZE = 100
RUN = 10
"""After so many keys in sorted order the next one counts as part of a bulk import, not as chance."""

Key = list[str]
"""[name, version]; in the latest-only list, where a name stands once, [name, ""].

A list, as the cache has it: a build takes 130,000 of them as they are.
"""

_Change = tuple[Key, bool]  # the key, and whether it is in the list from now on
# Events -> changes of a list. The mapping has the latest version of each name so far.
_Presence = Callable[[Iterable[Event], dict[str, str]], Iterator[_Change]]


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of a list: its number, the key it starts at (inclusive), and the keys it holds.

    It reaches up to the start of the page after it. The first page starts at ("", "").
    """

    number: int
    start: Key
    keys: Sequence[Key]


def every(events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Return the pages of the list of every version, deleted ones included."""
    return _cut("cuts", _presence, events, memo)


def latest(events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Return the pages of the list of each server's latest version, where that is shown."""
    return _cut("latest-cuts", _latest_presence, events, memo)


def _cut(kind: str, presence: _Presence, events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Replay the events since the last whole block of them on the pages as they were then."""
    blocks = len(events) // change_log.LENGTH
    cutting = _Cutting(*_cut_by_block(kind, presence, events, memo, blocks))
    cutting.follow(presence, events[blocks * change_log.LENGTH :])
    columns = zip(cutting.numbers, cutting.starts, cutting.pages, strict=True)
    return tuple(Cut(number, start, keys) for number, start, keys in columns)


def _cut_by_block(
    kind: str, presence: _Presence, events: Log, memo: Memo, blocks: int
) -> Sequence[Any]:
    """Return the columns of a _Cutting after so many blocks, made from those after one less."""

    stop = blocks * change_log.LENGTH
    last_block = max(0, stop - change_log.LENGTH)

    def make() -> Sequence[Any]:
        before = memo.previous_value(kind, events.fingerprint(0, last_block))
        cutting = _Cutting(*before or _START)
        cutting.follow(presence, events[last_block if before else 0 : stop])
        return cutting.columns()

    return memo.value(kind, events.fingerprint(0, stop), make)


def _presence(events: Iterable[Event], _holders: dict[str, str]) -> Iterator[_Change]:
    for event in events:
        if event.kind is ChangeKind.PUBLISHED:
            yield [*event.version.key], True
        elif event.kind is ChangeKind.REMOVED:
            yield [*event.version.key], False


def _latest_presence(events: Iterable[Event], holders: dict[str, str]) -> Iterator[_Change]:
    for event in events:
        version = event.version
        if version.is_latest and version.visible:
            if version.name not in holders:
                yield [version.name, ""], True
            holders[version.name] = version.version
        elif holders.get(version.name) == version.version:
            del holders[version.name]
            yield [version.name, ""], False


_START: Sequence[Any] = ([1], [["", ""]], [[]], None, 0, {})


class _Cutting:
    """The pages so far, in list order, as three columns; and what decides where the next split is.

    `newest` is the key that was added last, `run` how many came in sorted order up to it. What it
    begins with stays as it is: a page that changes is another one from then on.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        starts: Iterable[Key],
        pages: Iterable[list[Key]],
        newest: Key | None,
        run: int,
        holders: Mapping[str, str],
    ) -> None:
        self.numbers = list(numbers)
        self.starts = list(starts)
        self.pages = list(pages)
        self._newest = newest
        self._run = run
        self._holders = dict(holders)

    def columns(self) -> Sequence[Any]:
        """Return the arguments that make a _Cutting like this one, as JSON."""
        return [self.numbers, self.starts, self.pages, self._newest, self._run, self._holders]

    def follow(self, presence: _Presence, events: Iterable[Event]) -> None:
        for key, present in presence(events, self._holders):
            if present:
                self.add(key)
            else:
                self.remove(key)

    def add(self, key: Key) -> None:
        index = bisect_right(self.starts, key) - 1
        self.pages[index] = page = [*self.pages[index]]
        position = bisect_left(page, key)
        self._run = self._run + 1 if self._follows(page, position) else 1
        self._newest = key
        page.insert(position, key)
        if len(page) > SIZE:
            self._split(index, position)

    def _follows(self, page: Sequence[Key], position: int) -> bool:
        """Return whether a key comes next to the newest one, which may be of the same server.

        A commit's changes of a server end with its latest version: mostly the last in order.
        """
        around = page[max(0, position - 1) : position + 1]
        return self._newest is not None and any(name == self._newest[0] for name, _ in around)

    def remove(self, key: Key) -> None:
        index = bisect_right(self.starts, key) - 1
        self.pages[index] = page = [*self.pages[index]]
        del page[bisect_left(page, key)]

    def _split(self, index: int, position: int) -> None:
        page = self.pages[index]
        at = self._split_point(len(page), position)
        self.numbers.insert(index + 1, len(self.numbers) + 1)
        self.starts.insert(index + 1, page[at])
        self.pages.insert(index + 1, page[at:])
        del page[at:]

    def _split_point(self, length: int, position: int) -> int:
        """Return where to split: in the middle, or behind the new key if keys come in sorted order.

        Then the pages that are left behind are full.
        """
        if position == length - 1:
            return position
        return position + 1 if self._run >= RUN else length // 2
