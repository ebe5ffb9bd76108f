"""Browsing without a script: by letter, newest and recently updated, all paged.

Kinds of servers are filters of the search: lists of them would have every server once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from builder.cache.chunks import pieces
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import url
from builder.pages.html.environment import render_late
from builder.pages.html.order import lists_by, ordered, title_of
from builder.pages.html.row import ServerRow

Item = TypeVar("Item")

PAGE_SIZE = 100
LEAN_PAGE_SIZE = 3 * PAGE_SIZE
"""Servers of a page of a lean site: fewer files, and as many bytes as usual."""
RECENT = 1_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where a page stands among its like; URLs are relative to the site's root, "" for none."""

    number: int
    total: int
    previous: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseList:
    """A list of servers to be cut into pages: where it stands and what is written over it.

    A steady one keeps its order: a new server comes in somewhere, and only one page should change.
    `feed` is the file of its feed, "" if it has none.
    """

    folder: str
    title: str
    note: str
    rows: Sequence[ServerRow]
    steady: bool = True
    feed: str = ""
    _parts: dict[int, list[Sequence[ServerRow]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _last: dict[int, list[ServerRow]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def parts(self, size: int) -> list[Sequence[ServerRow]]:
        """Return the rows of each page, about `size`; a process that stays cuts a list once."""
        if size not in self._parts:
            steady = self.steady
            self._parts[size] = (
                [*pieces(self.rows, size, _name)] if steady else cut(self.rows, size)
            )
        return self._parts[size]

    def last_changed(self, count: int) -> list[ServerRow]:
        """Return the rows that changed last, the newest first; a process that stays sorts a list once."""
        if count not in self._last:
            self._last[count] = sorted(self.rows, key=lambda row: (-row.changed, row.name))[:count]
        return self._last[count]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to narrow the list: what to call it, how many servers it has, where it leads.

    `examples` are titles of a few of its servers, for whom the title says too little.
    """

    title: str
    servers: int
    url: str
    examples: Sequence[str] = ()


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Every list of servers by letter and by date."""
    for listing in (*letters(catalogue), *recent(catalogue)):
        yield from list_pages(listing, config)


def list_pages(listing: BrowseList, config: Config) -> Iterator[Page]:
    """Cut a list into pages of about 100 servers, on a lean site of 300: `<folder>/`, `<folder>/2/`, ..."""
    size = LEAN_PAGE_SIZE if config.pages.lean else PAGE_SIZE
    for folder, pager, part in paged(listing.folder, listing.parts(size)):
        # The count is on the first page only: it changes with every server.
        note = listing.note if pager.number == 1 else f"Page {pager.number}"
        heading = {"title": listing.title, "note": note, "feed": url(listing.feed)}
        inputs = [heading, pager, [row.key for row in part]]
        yield render_late("list.html", folder, config, inputs, **heading, rows=part, pager=pager)


def cut(items: Sequence[Item], size: int = PAGE_SIZE) -> list[Sequence[Item]]:
    """Cut items into pages by their place."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def paged(
    folder: str, parts: Sequence[Sequence[Item]], rest: str = ""
) -> Iterator[tuple[str, Pager, Sequence[Item]]]:
    """Return each page of a list its folder and its place among the others; one if there is nothing.

    The first page is the folder's own, the others are `2`, `3`, ... in it, or in `rest`.
    """
    parts = parts or [()]
    folders = [folder, *(f"{rest or folder}/{number}" for number in range(2, len(parts) + 1))]
    # Most lists are one page of some thousands: nothing leads from it, no address is written.
    places = folders if len(parts) > 1 else [""]
    urls = ["", *(url(f"{each}/") for each in places), ""]
    for index, part in enumerate(parts):
        pager = Pager(
            number=index + 1, total=len(parts), previous=urls[index], next=urls[index + 2]
        )
        yield folders[index], pager, part


def _name(row: ServerRow) -> str:
    return row.name


def _has_caution(row: ServerRow) -> bool:
    return bool(row.caution)


def _is_active(row: ServerRow) -> bool:
    return not row.deprecated


newest = ordered(_is_active, lambda row: (-row.first, row.name))
"""Active servers, the last to appear first; `catalogue.derived` makes it once."""
updated = ordered(_is_active, lambda row: (-row.changed, row.name))
"""Active servers, the last to change first; `catalogue.derived` makes it once."""


def letters(catalogue: Catalogue) -> list[BrowseList]:
    """Return the list of each letter that a title begins with."""
    lists = catalogue.derived(_by_letter)
    return [lists[letter] for letter in (*LETTERS, _OTHER) if letter in lists]


def _letter(row: ServerRow) -> tuple[str]:
    first = row.letter.lower()
    return (first if first in LETTERS else _OTHER,)


def _of_letter(letter: str, found: Sequence[ServerRow]) -> BrowseList:
    return BrowseList(
        folder=f"browse/letter/{letter}",
        title=letter.upper() if letter in LETTERS else "Other characters",
        note=f"{counted(len(found), 'server')} by title",
        rows=found,
    )


_by_letter = lists_by(_letter, lambda _letter: title_of, _of_letter)


def recent(catalogue: Catalogue) -> list[BrowseList]:
    """Return the newest servers and those that changed last."""
    orders = (
        ("newest", "Newest", catalogue.derived(newest)),
        ("updated", "Recently updated", catalogue.derived(updated)),
    )
    return [
        BrowseList(
            folder=f"browse/{slug}",
            title=title,
            note=f"The last {counted(min(len(servers), RECENT), 'server')}; placeholders and tests at the end",
            rows=sorted(servers[:RECENT], key=_has_caution),
            steady=False,
        )
        for slug, title, servers in orders
    ]


def choice(listing: BrowseList) -> Choice:
    """Make the choice that leads to a list."""
    return Choice(title=listing.title, servers=len(listing.rows), url=url(f"{listing.folder}/"))
