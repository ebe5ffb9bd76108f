"""Where the lists are cut into pages: a function of the order in which entries came and went.

A cut between two keys is made once and for ever. A page that overflows is split, and its upper
part becomes a new page under the next free number; no boundary ever moves or goes away, and a
page that loses its last entry stays. So page n always starts where it started when it was made,
and whoever follows cursors from deploy to deploy meets every key exactly once.
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
"""From so many keys in sorted order on, an insertion counts as a bulk import, not as chance."""

Key = tuple[str, str]
"""(name, version); in the latest-only list, where a name stands once, (name, "")."""

_Change = tuple[Key, bool]  # the key, and whether it is in the list from now on
# Events -> changes of a list; the mapping is what it knows from before: each name's latest version.
_Presence = Callable[[Iterable[Event], dict[str, str]], Iterator[_Change]]


@dataclass(frozen=True, slots=True)
class Cut:
    """One page of a list: its number, the key it starts at (inclusive), and the keys it holds.

    It reaches up to the start of the page after it. The first page starts at ("", "").
    """

    number: int
    start: Key
    keys: tuple[Key, ...]


def every(events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Cut the list of every version, deleted ones included, by the history of the registry."""
    return _cut("cuts", _presence, events, memo)


def latest(events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Cut the list of each server's visible latest version by the history of the registry."""
    return _cut("latest-cuts", _latest_presence, events, memo)


def _cut(kind: str, presence: _Presence, events: Log, memo: Memo) -> tuple[Cut, ...]:
    """Replay the last events on top of what was cut after the last whole block of them."""
    blocks = len(events) // change_log.LENGTH
    cutting = _Cutting(*_cut_by_block(kind, presence, events, memo, blocks))
    cutting.follow(presence, events[blocks * change_log.LENGTH :])
    columns = zip(cutting.numbers, cutting.starts, cutting.pages, strict=True)
    return tuple(Cut(number, start, tuple(keys)) for number, start, keys in columns)


def _cut_by_block(
    kind: str, presence: _Presence, events: Log, memo: Memo, blocks: int
) -> Sequence[Any]:
    """Give the columns of a _Cutting after so many blocks, made from those after one less."""

    def make() -> Sequence[Any]:
        before = (
            memo.previous_value(kind, events.fingerprint(0, (blocks - 1) * change_log.LENGTH))
            if blocks
            else None
        )
        start = (blocks - 1) * change_log.LENGTH if before else 0
        cutting = _Cutting(*before or _START)
        cutting.follow(presence, events[start : blocks * change_log.LENGTH])
        return cutting.columns()

    return memo.value(kind, events.fingerprint(0, blocks * change_log.LENGTH), make)


def _presence(events: Iterable[Event], _holders: dict[str, str]) -> Iterator[_Change]:
    for event in events:
        if event.kind is ChangeKind.PUBLISHED:
            yield event.version.key, True
        elif event.kind is ChangeKind.REMOVED:
            yield event.version.key, False


def _latest_presence(events: Iterable[Event], holders: dict[str, str]) -> Iterator[_Change]:
    for event in events:
        version = event.version
        if version.is_latest and version.visible:
            if version.name not in holders:
                yield (version.name, ""), True
            holders[version.name] = version.version
        elif holders.get(version.name) == version.version:
            del holders[version.name]
            yield (version.name, ""), False


_START: Sequence[Any] = ([1], [("", "")], [[]], None, 0, {})


class _Cutting:
    """The pages so far, in list order, as three columns; and what decides how to go on."""

    def __init__(
        self,
        numbers: Sequence[int],
        starts: Iterable[Sequence[str]],
        pages: Iterable[Iterable[Sequence[str]]],
        newest: Sequence[str] | None,
        run: int,
        holders: Mapping[str, str],
    ) -> None:
        self.numbers = list(numbers)
        self.starts: list[Key] = [(name, version) for name, version in starts]
        self.pages: list[list[Key]] = [
            [(name, version) for name, version in page] for page in pages
        ]
        self._newest: Key | None = (newest[0], newest[1]) if newest else None
        self._run = run
        self._holders = dict(holders)

    def columns(self) -> Sequence[Any]:
        """Give what a _Cutting like this one is made from: JSON."""
        return [self.numbers, self.starts, self.pages, self._newest, self._run, self._holders]

    def follow(self, presence: _Presence, events: Iterable[Event]) -> None:
        for key, present in presence(events, self._holders):
            if present:
                self.add(key)
            else:
                self.remove(key)

    def add(self, key: Key) -> None:
        place = bisect_right(self.starts, key) - 1
        page = self.pages[place]
        position = bisect_left(page, key)
        self._run = self._run + 1 if self._follows(page, position) else 1
        self._newest = key
        page.insert(position, key)
        if len(page) > SIZE:
            self._split(place, position)

    def _follows(self, page: Sequence[Key], position: int) -> bool:
        """Return whether a key comes next to the newest one, which may be of the same server.

        A commit's changes of a server end with its latest version: mostly the last in order.
        """
        around = page[max(0, position - 1) : position + 1]
        return self._newest is not None and any(name == self._newest[0] for name, _ in around)

    def remove(self, key: Key) -> None:
        page = self.pages[bisect_right(self.starts, key) - 1]
        del page[bisect_left(page, key)]

    def _split(self, place: int, position: int) -> None:
        page = self.pages[place]
        at = self._split_point(len(page), position)
        self.numbers.insert(place + 1, len(self.numbers) + 1)
        self.starts.insert(place + 1, page[at])
        self.pages.insert(place + 1, page[at:])
        del page[at:]

    def _split_point(self, length: int, position: int) -> int:
        """Halve a page, unless keys come in order: then leave behind pages that are full."""
        if position == length - 1:
            return position
        return position + 1 if self._run >= RUN else length // 2
