"""The files of a search index, read one by one as a query needs them.

index.json    what there is; the only name that stays
part/<...>    named by their content: terms with postings, cut in the order of terms; servers as
              they are shown, a few in each; and what is named below
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson

from builder.search import meaning_file
from builder.search.meaning import Meaning
from builder.words.stem import stem

FORMAT = "4"
BUNDLE = 16
"""Servers in a file, as they are shown: a first page of results reads about twenty such files."""
LEAN_BUNDLE = 40
"""The same on a lean site, where files count: a first search reads up to 30 KB more."""
DIGEST = 12

Read = Callable[[str], bytes]
"""Reads a file of the index by its path in the index's folder."""


def part(digest: str) -> str:
    """Return the path of the file with this digest."""
    return f"part/{digest}.json"


class SearchIndex:
    """One index; each file is read when first asked for."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._files: dict[str, Any] = {}

    @cached_property
    def top(self) -> Mapping[str, Any]:
        """The contents of index.json."""
        top: Mapping[str, Any] = orjson.loads(self._read("index.json"))
        return top

    @property
    def count(self) -> int:
        """How many servers there are; they are numbered from 0."""
        return int(self.top["count"])

    @cached_property
    def meaning(self) -> Meaning:
        """The tables of meaning that this index was made with."""
        names = ("meaning", "foreign", "widen")
        return meaning_file.read(*(self.file(self.top[name]) for name in names))

    @cached_property
    def priors(self) -> Sequence[int]:
        """The prior of each server, 0 for one that is not shown."""
        return [int(digit, 36) for digit in self.file(self.top["head"])["priors"]]

    @cached_property
    def groups(self) -> Mapping[int, Sequence[int]]:
        """The servers that are one and the same, the one to show first, by each one's number."""
        groups = self.file(self.top["head"])["groups"]
        return {server: group for group in groups for server in group}

    @cached_property
    def vocabulary(self) -> Sequence[tuple[str, str, int]]:
        """Words that several servers have, as written, with their stems and how many have them."""
        parts = self.file(self.top["vocabulary"]).split()
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return [(word, stem(word), int(count)) for word, count in pairs]

    @cached_property
    def _firsts(self) -> Sequence[str]:
        firsts: str = self.top["firsts"]
        return firsts.split(" ") if self.top["shards"] else []

    def shard_of(self, term: str) -> int:
        """Return the number of the file of terms that would hold a term; -1 if it is before all."""
        return bisect_right(self._firsts, term) - 1

    def shard(self, number: int) -> Mapping[str, str]:
        """Return the terms of a file, each with its postings."""
        if number < 0:
            return {}
        terms: Mapping[str, str] = self.file(_digest(self.top["shards"], number))
        return terms

    def shards(self) -> int:
        """Return how many files of terms there are."""
        return len(self._firsts)

    def row(self, server: int) -> Sequence[Any]:
        """Return a server as it is shown."""
        bundle, place = divmod(server, int(self.top["bundle"]))
        rows: Sequence[Sequence[Any]] = self.file(_digest(self.top["bundles"], bundle))
        return rows[place]

    def file(self, digest: str) -> Any:
        """Return the contents of a file."""
        if digest not in self._files:
            self._files[digest] = orjson.loads(self._read(part(digest)))
        return self._files[digest]


def _digest(digests: str, number: int) -> str:
    return digests[number * DIGEST : (number + 1) * DIGEST]
