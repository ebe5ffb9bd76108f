"""The list's queries answered from memory: a query in, items out.

Parameters are read in parameters.py, cursors in cursor.py. The edge worker (site/worker/) answers the
same; one conformance suite holds both to it.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

import orjson

from builder.model import timestamp
from builder.model.api_settings import SearchedParts
from builder.model.server_json import OFFICIAL
from builder.pages.api.limits import USUAL
from builder.pages.api.servers import list_body
from builder.serve import cursor
from builder.serve.cursor import LATEST, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a client asks of the list. `updated_since` is the time to answer by, in nanoseconds.

    `until` is the newest change when the walk began, carried by its cursors: what changes while a client
    walks the pages of `updated_since` is left to its next walk. Otherwise its greatest `updatedAt` could
    be that of a change on a later page, and a change of the same moment on an earlier one be missed.
    The page starts after `after`, or at `start` (a page cursor's boundary) if that is given.
    `filters` are the parameters that a cursor for the next page carries.
    """

    after: Key | None = None
    start: Key | None = None
    limit: int = USUAL
    search: str = ""
    updated_since: int | None = None
    until: int | None = None
    version: str = ""
    include_deleted: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListItem:
    """One version as the list needs it; `searched` is what `search` looks in, `body` its ServerResponse."""

    key: Key
    searched: str
    updated: int
    is_latest: bool
    is_deleted: bool
    body: bytes


class Index:
    """Every version of a registry, sorted, for answering queries from memory; `commit` is what it was read of."""

    def __init__(self, items: Iterable[ListItem], commit: str = "") -> None:
        self.commit = commit
        self.items: Sequence[ListItem] = sorted(items, key=lambda item: item.key)
        self._every = _List(self.items)
        self._latest = _List([item for item in self.items if item.is_latest])
        self.newest = max((item.updated for item in self.items), default=0)

    def matches(self, query: ListQuery) -> Iterator[ListItem]:
        """Yield the items of a query from its cursor on, in order and without its limit."""
        only_latest = query.version == LATEST
        listed = self._latest if only_latest else self._every
        start = 0
        if query.after is not None:
            start = bisect_right(listed.keys, query.after)
        elif query.start is not None:
            start = bisect_left(listed.keys, query.start)
        for item in listed.having(query.search.lower(), start):
            if item.is_deleted and not query.include_deleted:
                continue
            if query.updated_since is not None and item.updated <= query.updated_since:
                continue
            if query.until is not None and item.updated > query.until:
                continue
            if query.version and not only_latest and item.key[1] != query.version:
                continue
            yield item


class NewerIndex:
    """An index with other versions of the servers that have changed since it was made."""

    def __init__(self, built: Index, changed: Mapping[str, Sequence[ListItem]]) -> None:
        self._built = built
        self._changed = changed
        self._newer = Index(item for items in changed.values() for item in items)
        self.newest = max(built.newest, self._newer.newest)

    def matches(self, query: ListQuery) -> Iterator[ListItem]:
        """Yield the items of a query from its cursor on, in order and without its limit."""
        same = (item for item in self._built.matches(query) if item.key[0] not in self._changed)
        return heapq.merge(same, self._newer.matches(query), key=lambda item: item.key)

    def has_changed_at(self, time: int) -> bool:
        """Return whether one of the servers that have changed did so at exactly this time."""
        return any(item.updated == time for item in self._newer.items)


class _List:
    """Items in order, and what is searched as one text: to look through it takes a tenth of the time
    that looking at 100,000 names one by one does.
    """

    def __init__(self, items: Sequence[ListItem]) -> None:
        self.keys = [item.key for item in items]
        self._items = items
        self._text = "".join(f"{item.searched}\n" for item in items)
        self._starts = [0, *accumulate(len(item.searched) + 1 for item in items)]

    def having(self, needle: str, start: int) -> Iterator[ListItem]:
        """Yield the items from number `start` on with the needle in what is searched."""
        if "\n" in needle:  # no item has one, but it is between any two
            return
        position = self._text.find(needle, self._starts[start])
        while 0 <= position < len(self._text):
            number = bisect_right(self._starts, position) - 1
            yield self._items[number]
            position = self._text.find(needle, self._starts[number + 1])


def read_item(body: bytes, searched: SearchedParts = "name") -> ListItem:
    """Read what a list needs from a ServerResponse. No query has the NUL between name and description."""
    response = orjson.loads(body)
    server, official = response["server"], response["_meta"][OFFICIAL]
    parts = [server["name"]] if searched == "name" else [server["name"], server["description"]]
    return ListItem(
        key=(server["name"], server["version"]),
        searched="\0".join(parts).lower().replace("\n", " "),
        updated=timestamp.parse(official["updatedAt"]),
        is_latest=official["isLatest"],
        is_deleted=official["status"] == "deleted",
        body=body,
    )


def answer(index: Index | NewerIndex, query: ListQuery) -> bytes:
    """Make the list response to a query; `nextCursor` is there exactly when more follows."""
    matches = list(islice(index.matches(query), query.limit + 1))
    page = matches[: query.limit]
    more = (
        cursor.encode(page[-1].key, _carried(index, query)) if len(matches) > query.limit else None
    )
    return list_body((item.body for item in page), more)


def _carried(index: Index | NewerIndex, query: ListQuery) -> Mapping[str, str]:
    if query.updated_since is None:
        return query.filters
    until = index.newest if query.until is None else query.until
    return {**query.filters, cursor.UNTIL: timestamp.render(until)}
