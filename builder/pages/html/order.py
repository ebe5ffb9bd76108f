"""Rows in order: sorted once, and brought up to the next catalogue by a process that stays."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from builder.catalogue.catalogue import Catalogue, Renewable
from builder.pages.html.row import ServerRow, rows, rows_by_server

Key = Callable[[ServerRow], Any]
"""What rows are sorted by; no two rows have the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChanges:
    """The rows that the last catalogue of this process had and this one has not, and those that are new."""

    gone: Sequence[ServerRow]
    new: Sequence[ServerRow]

    def of(self, belongs: Callable[[ServerRow], bool]) -> RowChanges:
        """Return the changes of the rows that belong to a list."""
        return RowChanges(gone=[*filter(belongs, self.gone)], new=[*filter(belongs, self.new)])


def row_changes(catalogue: Catalogue) -> RowChanges:
    """Return what has changed since the catalogue before, which `catalogue.earlier` is of."""
    assert catalogue.earlier is not None
    last, changed = catalogue.earlier.values[rows_by_server], catalogue.earlier.changed
    return RowChanges(gone=_of(changed, last), new=_of(changed, catalogue.derived(rows_by_server)))


def brought_up(last: Iterable[ServerRow], changes: RowChanges, key: Key) -> list[ServerRow]:
    """Return sorted rows with what has changed, as sorting all anew would."""
    kept = [*last]
    for row in changes.gone:
        del kept[bisect_left(kept, key(row), key=key)]
    for row in changes.new:
        insort(kept, row, key=key)
    return kept


def ordered(belongs: Callable[[ServerRow], bool], key: Key) -> Renewable[list[ServerRow]]:
    """Return what gives a catalogue's rows that belong to a list, sorted."""

    def make(catalogue: Catalogue) -> list[ServerRow]:
        return sorted(filter(belongs, rows(catalogue)), key=key)

    def renew(
        last: list[ServerRow], catalogue: Catalogue, _changed: frozenset[str]
    ) -> list[ServerRow]:
        return brought_up(last, row_changes(catalogue).of(belongs), key)

    return Renewable(make, renew)


class OfRows(Protocol):
    """Something that is made of rows, and has them."""

    @property
    def rows(self) -> Sequence[ServerRow]:
        """The rows, in order."""


List = TypeVar("List", bound=OfRows)


def lists_by(
    groups: Callable[[ServerRow], Iterable[str]],
    key: Callable[[str], Key],
    listed: Callable[[str, Sequence[ServerRow]], List],
) -> Renewable[dict[str, List]]:
    """Return what gives a list for each of the `groups` that rows are in, sorted by the group's `key`."""

    def make(catalogue: Catalogue) -> dict[str, List]:
        found: dict[str, list[ServerRow]] = defaultdict(list)
        for row in rows(catalogue):
            for group in groups(row):
                found[group].append(row)
        return {group: listed(group, sorted(found[group], key=key(group))) for group in found}

    def renew(
        last: dict[str, List], catalogue: Catalogue, _changed: frozenset[str]
    ) -> dict[str, List]:
        changes, lists = row_changes(catalogue), {**last}
        touched = {group for row in (*changes.gone, *changes.new) for group in groups(row)}
        for group in touched:
            before = lists.pop(group).rows if group in lists else ()
            own = changes.of(lambda row, own=group: own in groups(row))  # type: ignore[misc]
            now = brought_up(before, own, key(group))
            if now:
                lists[group] = listed(group, now)
        return lists

    return Renewable(make, renew)


def _of(names: Iterable[str], table: dict[str, ServerRow | None]) -> list[ServerRow]:
    return [row for name in names if (row := table.get(name)) is not None]


def title_of(row: ServerRow) -> tuple[str, str]:
    """Return what a row stands at in an order by title."""
    return row.title.lower(), row.name


by_title = ordered(lambda _row: True, title_of)
"""All rows by title; `catalogue.derived` makes it once."""
