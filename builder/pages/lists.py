"""The precomputed pages of the two lists: every version, and each server's latest.

Each page is a list response of the official API; builder/cuts.py says where the lists are cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from builder import cuts
from builder.catalogue import Catalogue
from builder.cuts import Cut, Key
from builder.page import Page
from builder.pages import index
from builder.pages.api import list_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list, cut: its folder, the letter of its cursors, and the item of every key.

    `text` writes a key as the index has it.
    """

    folder: str
    letter: str
    text: Callable[[Key], str]
    pages: tuple[Cut, ...]
    items: Mapping[Key, bytes]


def listings(catalogue: Catalogue, folder: str) -> tuple[Listing, Listing]:
    """Cut the list of every version and the list of the latest ones, in this order.

    `folder` is the extension's. Each version's item is made once.
    """
    items = {version.key: version.item() for version in catalogue.versions()}
    every = Listing(
        folder=f"{folder}/pages/all",
        letter="a",
        text=_cursor,
        pages=cuts.every(catalogue.events),
        items=items,
    )
    latest = Listing(
        folder=f"{folder}/pages/latest",
        letter="l",
        text=lambda key: key[0],
        pages=cuts.latest(catalogue.events),
        items={(version.name, ""): items[version.key] for version in catalogue.latest},
    )
    return every, latest


def pages(listing: Listing) -> Iterator[Page]:
    """The pages of a list, in its order, and their index.

    A row's `first` and `last` are `<name>:<version>` (the official registry's cursor), or
    `<name>` in the latest-only list; of an empty page both are where it starts.
    """
    rows = []
    for cut, following in zip_longest(listing.pages, listing.pages[1:]):
        cursor = f"{listing.letter}{following.number}" if following else None
        body = list_body(page_items(listing, cut), cursor)
        yield Page(f"{listing.folder}/{cut.number}.json", body)
        rows.append(_row(listing, cut, body))
    yield from index.pages(listing.folder, "pages", rows)


def page_items(listing: Listing, cut: Cut) -> Sequence[bytes]:
    """The items of one page, in its order."""
    return [listing.items[key] for key in cut.keys]


def _row(listing: Listing, cut: Cut, body: bytes) -> index.Row:
    return {
        "url": f"{cut.number}.json",
        "count": len(cut.keys),
        "first": listing.text(cut.keys[0] if cut.keys else cut.start),
        "last": listing.text(cut.keys[-1] if cut.keys else cut.start),
        "sha256": index.sha256(body),
    }


def _cursor(key: Key) -> str:
    return ":".join(key) if key[0] else ""
