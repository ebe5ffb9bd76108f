"""The inverted index: each term with the servers it stands in, cut into files of even size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from builder.cache.chunks import pieces
from builder.cache.memo import Memo
from builder.cache.store import encode, fingerprint
from builder.pages.search.entry import SearchEntry
from builder.search.numbers import IMPACTS

SHARD = 10 * 1024
"""Characters of a shard, more or less; about a third of that on the wire."""
RUN = 4096
"""Servers in a row whose postings are made together: a tenth of the work is left to join them."""

Shard = dict[str, str]


class TermRun(NamedTuple):
    """Servers in a row, the number of the first, and a hash of all that their postings say."""

    start: int
    entries: Sequence[SearchEntry | None]
    inputs: str


def runs(entries: Sequence[SearchEntry | None]) -> list[TermRun]:
    """Divide servers into runs; a new version with the same words changes none."""
    return [
        TermRun(start, run, _inputs(start, run))
        for start in range(0, len(entries), RUN)
        if (run := entries[start : start + RUN])
    ]


def _inputs(start: int, entries: Sequence[SearchEntry | None]) -> str:
    seen = [[entry.terms, entry.impacts] if entry else None for entry in entries]
    return fingerprint(encode([start, seen]))


def shards(runs: Iterable[TermRun], memo: Memo) -> Iterator[Shard]:
    """Cut the index in alphabetical order.

    A term's postings are the numbers `(difference to the server before) * 32 + impact`, in base 36,
    separated by spaces.
    """
    terms = sorted(_postings(runs, memo).items())
    for shard in pieces(terms, SHARD, itemgetter(0), lambda term: len(term[0]) + len(term[1])):
        yield dict(shard)


def firsts(shards: Sequence[Shard]) -> Iterator[str]:
    """Yield where each shard begins: so much of its first term as is behind the last one before it."""
    before = ""
    for shard in shards:
        first = next(iter(shard))
        length = next(
            (place for place in range(1, len(first)) if first[:place] > before), len(first)
        )
        yield first[:length]
        before = next(reversed(shard))


def _postings(runs: Iterable[TermRun], memo: Memo) -> Shard:
    """Join each term's postings from runs of servers, which are looked up if they are known."""
    shard: Shard = {}
    last: dict[str, int] = {}
    for start, run, inputs in runs:
        for term, (first, until, rest) in memo.value("terms", inputs, partial(_run, start, run)):
            head = _BASE36[first - last[term] * IMPACTS] if term in last else _BASE36[first]
            shard[term] = f"{shard[term]} {head}{rest}" if term in last else head + rest
            last[term] = until
    return shard


def _run(
    start: int, entries: Sequence[SearchEntry | None]
) -> list[tuple[str, tuple[int, int, str]]]:
    """Return each term of a run of servers: first mark, last server, postings after the first."""
    marks: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries, start):
        if entry:
            for term, impact in zip(entry.terms.split(" "), entry.impacts, strict=True):
                marks[term].append(number * IMPACTS + impact)
    return [
        (term, (postings[0], postings[-1] // IMPACTS, _rest(postings)))
        for term, postings in marks.items()
    ]


def _rest(marks: Sequence[int]) -> str:
    steps = (mark - before // IMPACTS * IMPACTS for before, mark in pairwise(marks))
    return "".join([f" {_BASE36[step]}" for step in steps])


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
