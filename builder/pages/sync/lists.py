"""The precomputed pages of the two lists: every version, and each server's latest.

Each page is a list response of the official API; builder/catalogue/pagination.py says where the lists are cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import zip_longest

from builder.cache.memo import Memo
from builder.cache.store import encode
from builder.cache.store import fingerprint as hash_of
from builder.catalogue import fingerprint, pagination
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.pagination import Cut, Key
from builder.catalogue.server import Version
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api.servers import extension, list_body
from builder.pages.sync import index


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list, cut: its folder and the letter of its cursors.

    `text` writes a key as the index has it, `version` finds the version of one; `hashes` has the
    hash of every server by its name; `extension` is the registry's own namespace.
    """

    folder: str
    extension: str
    letter: str
    text: Callable[[Key], str]
    pages: tuple[Cut, ...]
    version: Callable[[Key], Version | None]
    hashes: Mapping[str, str]


def listings(catalogue: Catalogue, config: Config) -> tuple[Listing, Listing]:
    """Cut the list of every version and the list of the latest ones, in this order."""
    folder = extension(config)
    hashes = catalogue.derived(fingerprint.servers)
    every = Listing(
        folder=f"{folder}/pages/all",
        extension=config.extension_namespace,
        letter="a",
        text=_cursor,
        pages=pagination.every(catalogue.events, catalogue.memo),
        version=lambda key: catalogue.by_name[key[0]].version(key[1]),
        hashes=hashes,
    )
    latest = Listing(
        folder=f"{folder}/pages/latest",
        extension=config.extension_namespace,
        letter="l",
        text=lambda key: key[0],
        pages=pagination.latest(catalogue.events, catalogue.memo),
        version=lambda key: catalogue.by_name[key[0]].latest,
        hashes=hashes,
    )
    return every, latest


Items = Callable[[], Sequence[bytes]]
"""Makes the items of a page, at most once."""


def pages(
    listing: Listing, memo: Memo, told: Callable[[str, Items], None] | None = None
) -> Iterator[Page]:
    """The pages of a list, in its order, and their index.

    A row's `first` and `last` are `<name>:<version>` (the official registry's cursor), or
    `<name>` in the latest-only list; of an empty page both are where it starts. Who else needs the
    items is `told` of each page, by a hash of what they are made from, before it is given.
    """
    rows = []
    for cut, following in zip_longest(listing.pages, listing.pages[1:]):
        cursor = f"{listing.letter}{following.number}" if following else ""
        shown = page_inputs(listing, cut)
        inputs = hash_of(shown.encode(), cursor.encode())
        items = cache(partial(page_items, listing, cut))
        body = cache(partial(_body, items, cursor))
        if told:
            told(shown, items)
        rows.append(memo.value("list-page", inputs, partial(_row, listing, cut, body)))
        yield Page(f"{listing.folder}/{cut.number}.json", body, inputs)
    yield from index.pages(listing.folder, "pages", rows)


def page_items(listing: Listing, cut: Cut) -> Sequence[bytes]:
    """The items of one page, in its order."""
    versions = (listing.version(key) for key in cut.keys)
    return [version.item(listing.extension) for version in versions if version]


def page_inputs(listing: Listing, cut: Cut) -> str:
    """Return a hash of all that a page of a list is made from, but the way to the next one."""
    hashes = [listing.hashes[name] for name, _ in cut.keys]
    return hash_of(encode([listing.letter, cut.number, cut.start, cut.keys, hashes]))


def _body(items: Items, cursor: str) -> bytes:
    return list_body(items(), cursor)


def _row(listing: Listing, cut: Cut, body: Callable[[], bytes]) -> index.Row:
    return {
        "url": f"{cut.number}.json",
        "count": len(cut.keys),
        "first": listing.text(cut.keys[0] if cut.keys else cut.start),
        "last": listing.text(cut.keys[-1] if cut.keys else cut.start),
        "sha256": index.sha256(body()),
    }


def _cursor(key: Key) -> str:
    return ":".join(key) if key[0] else ""
