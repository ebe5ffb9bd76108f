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
    for term, postings in sorted(_postings(entries).items()):
        if size > SHARD:
            yield next(iter(shard)), shard
            shard, size = {}, 0
        shard[term] = " ".join(map(_base36, postings))
        size += len(term) + len(shard[term])
    if shard:
        yield next(iter(shard)), shard


def _postings(entries: Sequence[Entry | None]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    last: dict[str, int] = defaultdict(int)
    for number, entry in enumerate(entries):
        for term, weight in entry.weights.items() if entry else ():
            found[term].append((number - last[term]) * WEIGHTS + weight)
            last[term] = number
    return found


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not number:
            return digits
