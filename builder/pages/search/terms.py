"""The inverted index: each term with the servers it stands in, cut into files of even size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter

from builder.cache.chunks import pieces
from builder.pages.search.server_terms import Terms, by_term
from builder.search.numbers import IMPACTS

SHARD = 10 * 1024
"""Characters of a shard, more or less; about a third of that on the wire."""
RUN = 4096
"""Servers in a row whose postings are made together."""

Shard = dict[str, str]


def shards(servers: Sequence[Terms]) -> Iterator[Shard]:
    """Return the index of servers by their numbers, cut in alphabetical order.

    A term's postings are the numbers `(difference to the server before) * 32 + impact`, in base 36,
    separated by spaces.
    """
    return cut(sorted(_postings(servers).items()))


def cut(terms: Iterable[tuple[str, str]]) -> Iterator[Shard]:
    """Cut terms, each with its postings, into shards."""
    for shard in pieces(terms, SHARD, itemgetter(0), lambda term: len(term[0]) + len(term[1])):
        yield dict(shard)


def firsts(ends: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield where each shard begins: so much of its first term as is behind the last one before it.

    `ends` are the first and the last term of each.
    """
    before = ""
    for first, last in ends:
        length = next(
            (place for place in range(1, len(first)) if first[:place] > before), len(first)
        )
        yield first[:length]
        before = last


def written(marks: Mapping[int, int]) -> str:
    """Write postings: servers by number, each with its impact."""
    steps = sorted(number * IMPACTS + impact for number, impact in marks.items())
    return _BASE36[steps[0]] + _rest(steps)


def _postings(servers: Sequence[Terms]) -> Shard:
    """Join each term's postings from runs of servers: all of them as numbers would be too many."""
    shard: Shard = {}
    last: dict[str, int] = {}
    for start in range(0, len(servers), RUN):
        for term, marks in _run(start, servers[start : start + RUN]).items():
            first = marks[0] - last[term] * IMPACTS if term in last else marks[0]
            text = _BASE36[first] + _rest(marks)
            shard[term] = f"{shard[term]} {text}" if term in last else text
            last[term] = marks[-1] // IMPACTS
    return shard


def _run(start: int, servers: Sequence[Terms]) -> Mapping[str, Sequence[int]]:
    """Return the postings of each term of a run of servers, the first of which has the number `start`."""
    marks: dict[str, list[int]] = defaultdict(list)
    for number, server in enumerate(servers, start):
        for term, impact in by_term(server).items():
            marks[term].append(number * IMPACTS + impact)
    return marks


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
