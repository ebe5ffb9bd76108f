"""The inverted index: each term with the servers it stands in, cut into files of even size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from builder.pages.search.entry import Entry

SHARD = 48 * 1024
"""Characters of a shard, about a third of that on the wire."""
WEIGHTS = 8

Shard = dict[str, str]


def shards(entries: Sequence[Entry | None]) -> Iterator[tuple[str, Shard]]:
    """Cut the index in alphabetical order: each shard with its first term.

    A term's postings are the numbers `(difference to the server before) * 8 + weight`, in base 36,
    separated by spaces.
    """
    shard: Shard = {}
    size = 0
    for term, marks in sorted(_marks(entries).items()):
        if size > SHARD:
            yield next(iter(shard)), shard
            shard, size = {}, 0
        shard[term] = _postings(marks)
        size += len(term) + len(shard[term])
    if shard:
        yield next(iter(shard)), shard


def _marks(entries: Sequence[Entry | None]) -> dict[str, list[int]]:
    """Give each term's servers, in their order: `number * 8 + weight` of each."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for term, weight in entry.weights.items() if entry else ():
            found[term].append(number * WEIGHTS + weight)
    return found


def _postings(marks: Sequence[int]) -> str:
    before = (mark - mark % WEIGHTS for mark in (0, *marks))
    return " ".join([_BASE36[mark - last] for mark, last in zip(marks, before, strict=False)])


class _Base36(dict[int, str]):
    """Numbers in base 36. Looking them up is six times faster than writing half a million anew."""

    def __missing__(self, number: int) -> str:
        digits, rest = "", number
        while rest or not digits:
            rest, digit = divmod(rest, 36)
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        self[number] = digits
        return digits


_BASE36 = _Base36()
