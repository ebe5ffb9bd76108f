"""The precomputed pages of the two lists: every version, and each server's latest.

Each page is a list response of the official API; builder/catalogue/pagination.py says where the lists are cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import NamedTuple

from builder.cache.memo import Memo
from builder.cache.store import encode
from builder.cache.store import fingerprint as hash_of
from builder.catalogue import fingerprint, pagination
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.pagination import Cut, Key
from builder.catalogue.server import Version
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api.servers import extension, list_body
from builder.pages.sync import index
from builder.runtime.once import once


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list, cut: its folder and the letter of its cursors.

    `text` writes a key as the index has it, `version` finds the version of one; `inputs` has for
    each page by its number a hash of all that it is made from, but the way to the next one;
    `extension` is the registry's own namespace.
    """

    folder: str
    extension: str
    letter: str
    text: Callable[[Key], str]
    pages: tuple[Cut, ...]
    version: Callable[[Key], Version | None]
    inputs: Mapping[int, str]


def listings(catalogue: Catalogue, config: Config) -> tuple[Listing, Listing]:
    """Return the list of every version and the list of the latest ones, in this order."""
    folder = extension(config)
    every = Listing(
        folder=f"{folder}/pages/all",
        extension=config.extension_namespace,
        letter=_EVERY,
        text=_cursor,
        pages=catalogue.derived(_every),
        version=lambda key: catalogue.by_name[key[0]].version(key[1]),
        inputs=catalogue.derived(_every_inputs).hashes,
    )
    latest = Listing(
        folder=f"{folder}/pages/latest",
        extension=config.extension_namespace,
        letter=_LATEST,
        text=lambda key: key[0],
        pages=catalogue.derived(_latest),
        version=lambda key: catalogue.by_name[key[0]].latest,
        inputs=catalogue.derived(_latest_inputs).hashes,
    )
    return every, latest


def _every(catalogue: Catalogue) -> tuple[Cut, ...]:
    return pagination.every(catalogue.events, catalogue.memo)


def _latest(catalogue: Catalogue) -> tuple[Cut, ...]:
    return pagination.latest(catalogue.events, catalogue.memo)


class _PageInputs(NamedTuple):
    """The pages of a list by their numbers, and a hash of what each is made from."""

    cuts: Mapping[int, Cut]
    hashes: Mapping[int, str]


def _inputs_of(letter: str, cuts: Callable[[Catalogue], tuple[Cut, ...]]) -> Renewable[_PageInputs]:
    """Return what gives the hashes of a list's pages; a process that stays has those that are the same."""

    def make(catalogue: Catalogue) -> _PageInputs:
        return renew(_PageInputs({}, {}), catalogue, frozenset())

    def renew(last: _PageInputs, catalogue: Catalogue, changed: frozenset[str]) -> _PageInputs:
        servers, now = catalogue.derived(fingerprint.servers), catalogue.derived(cuts)
        touched = frozenset(_of_servers(now, changed))
        hashes = {
            cut.number: last.hashes[cut.number]
            if last.cuts.get(cut.number) == cut and cut.number not in touched
            else page_inputs(letter, cut, servers)
            for cut in now
        }
        return _PageInputs({cut.number: cut for cut in now}, hashes)

    return Renewable(make, renew)


def _of_servers(cuts: Sequence[Cut], names: Iterable[str]) -> Iterator[int]:
    """Yield the numbers of the pages that versions of these servers are on."""
    starts = [cut.start for cut in cuts]
    for name in names:
        first, end = bisect_right(starts, [name]) - 1, bisect_left(starts, [f"{name}\0"])
        yield from (cut.number for cut in cuts[first:end])


_EVERY, _LATEST = "a", "l"
_every_inputs = _inputs_of(_EVERY, _every)
_latest_inputs = _inputs_of(_LATEST, _latest)


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
        shown = listing.inputs[cut.number]
        inputs = hash_of(shown.encode(), cursor.encode())
        items = once(partial(page_items, listing, cut))
        body = once(partial(_body, items, cursor))
        if told:
            told(shown, items)
        rows.append(memo.value("list-page", inputs, partial(_row, listing, cut, body)))
        yield Page(f"{listing.folder}/{cut.number}.json", body, inputs)
    yield from index.pages(listing.folder, "pages", rows)


def page_items(listing: Listing, cut: Cut) -> Sequence[bytes]:
    """The items of one page, in its order."""
    versions = (listing.version(key) for key in cut.keys)
    return [version.item(listing.extension) for version in versions if version]


def page_inputs(letter: str, cut: Cut, servers: Mapping[str, str]) -> str:
    """Return a hash of all that a page of a list is made from, but the way to the next one.

    `servers` has the hash of every server by its name.
    """
    hashes = [servers[name] for name, _ in cut.keys]
    return hash_of(encode([letter, cut.number, cut.start, cut.keys, hashes]))


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
