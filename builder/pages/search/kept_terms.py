"""The shards of terms, brought up from those of the last build.

One new version changes some words of one server: of 160,000 terms forty. Their shards are read, and
those after them until a shard begins again where one began before; all others stay.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from builder.pages.search import terms
from builder.pages.search.server_terms import Changes
from builder.pages.search.terms import Shard
from builder.search.numbers import postings


class KeptShard(NamedTuple):
    """A shard of the last build: what names its file, and its first and its last term."""

    digest: str
    first: str
    last: str


Read = Callable[[KeptShard], Shard]


def renewed(
    before: Sequence[KeptShard], read: Read, changes: Changes
) -> Iterator[KeptShard | Shard]:
    """Yield the shards with changed terms, in their order: those that are as they were, and new ones."""
    patched = _patched(before, read, changes)
    number = 0
    while number < len(before):
        if number not in patched:
            yield before[number]
            number += 1
            continue
        rest = _Terms(before, read, patched, number)
        for shard in terms.cut(rest):
            yield shard
            if rest.begins:
                break
        number = rest.number


class _Terms:
    """The terms from a shard on. `begins` tells that the last one given was the first of its shard, which
    has the `number`.
    """

    def __init__(
        self, before: Sequence[KeptShard], read: Read, patched: Mapping[int, Shard], number: int
    ) -> None:
        self._before, self._read, self._patched = before, read, patched
        self.number, self.begins = number, True

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for number in range(self.number, len(self._before)):
            shard = self._patched.get(number)
            shard = self._read(self._before[number]) if shard is None else shard
            self.begins = True
            self.number = number
            for term in shard.items():
                yield term
                self.begins = False
        self.number, self.begins = len(self._before), True


def _patched(before: Sequence[KeptShard], read: Read, changes: Changes) -> dict[int, Shard]:
    """Return the shards that may end elsewhere now or say something else, by their numbers."""
    starts = [shard.first for shard in before]
    touched: dict[int, dict[str, Mapping[int, int | None]]] = defaultdict(dict)
    for term, marks in changes.items():
        touched[max(0, bisect_right(starts, term) - 1)][term] = marks
    patched = {}
    for number, of_shard in touched.items():
        old = read(before[number])
        patched[number] = new = _with(old, of_shard)
        # Where a shard ends depends on the term that comes after it.
        if number and next(iter(new.items()), None) != next(iter(old.items())):
            patched.setdefault(number - 1, {})
    for number in patched.keys() - touched.keys():
        patched[number] = read(before[number])
    return patched


def _with(shard: Shard, changes: Changes) -> Shard:
    new = dict(shard)
    for term, marks in changes.items():
        after = {**dict(postings(shard.get(term, ""))), **marks}
        left = {number: impact for number, impact in after.items() if impact is not None}
        if left:
            new[term] = terms.written(left)
        else:
            new.pop(term, None)
    return new if new.keys() == shard.keys() else dict(sorted(new.items()))
