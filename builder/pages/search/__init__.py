"""Search without a server: an inverted index in a few files, of which a query needs some dozen.

Servers are numbered in the order in which they first appeared, so that a new one is added at the
end of everything and most files stay as they were. builder/search and site/assets/search/engine.js
read all this; builder/search/index.py says what the files are called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial

import orjson

from builder.cache.memo import Memo
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages import assets
from builder.pages.address import search_folder
from builder.pages.html.environment import render
from builder.pages.search import columns, identity, terms
from builder.pages.search.entry import SearchEntry, entries
from builder.pages.search.first_list import listed
from builder.pages.search.vocabulary import vocabulary
from builder.search import meaning, meaning_file
from builder.search.index import BUNDLE, DIGEST, FORMAT, SearchIndex, part

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The search page, and the index it reads."""
    found = entries(catalogue)
    same = _same(found)
    *parts, index = _index_pages(found, same, catalogue.memo, config)
    yield from (*parts, index)
    top = orjson.loads(index.body)
    first, count = listed(found, same)
    yield render(
        "search.html",
        "search",
        config,
        modules=assets.imported("app.js", "results.js", "finder.js"),
        files=["index.json", part(top["head"]), part(top["meaning"])],
        rows=first,
        count=count,
    )


def index_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The files of the index."""
    found = entries(catalogue)
    yield from _index_pages(found, _same(found), catalogue.memo, config)


def _same(found: Sequence[SearchEntry | None]) -> list[list[int]]:
    """Return the numbers of servers that are the same, the one to show first."""
    return identity.groups(
        [(one.row.name, one.identity, one.prior) if one else ("", (), 0) for one in found]
    )


def _index_pages(
    found: Sequence[SearchEntry | None], same: Sequence[Sequence[int]], memo: Memo, config: Config
) -> Iterator[Page]:
    parts = _Parts(search_folder(config), memo)
    also = {
        group[0]: [entry.row.name for one in group[1:] if (entry := found[one])] for group in same
    }
    bundles = (
        range(start, min(start + BUNDLE, len(found))) for start in range(0, len(found), BUNDLE)
    )
    shards = list(terms.shards(found, memo))
    tables = meaning.of_index(meaning.meaning(), set().union(*shards))
    index = {
        "version": FORMAT,
        "count": len(found),
        "bundle": BUNDLE,
        "firsts": " ".join(terms.firsts(shards)),
        "shards": "".join(parts.add(shard) for shard in shards),
        "bundles": "".join(
            parts.add_bundle([(found[one], also.get(one, ())) for one in bundle])
            for bundle in bundles
        ),
        "head": parts.add({"priors": _priors(found), "groups": same}),
        **{name: parts.add(value) for name, value in meaning_file.files(tables).items()},
        "vocabulary": parts.add(vocabulary(found)),
        "facets": parts.add(columns.facets(found, same)),
        "counts": parts.add(columns.counts(found, same)),
        "days": parts.add(columns.days(found)),
        "names": parts.add(columns.names(found)),
    }
    yield from parts.pages()
    yield json_page(f"{search_folder(config)}/index.json", index)


def read_index(catalogue: Catalogue, config: Config) -> SearchIndex:
    """Return the index of a catalogue in memory, ready to be searched."""
    folder = f"{search_folder(config)}/"
    bodies = {page.path.removeprefix(folder): page for page in index_pages(catalogue, config)}
    return SearchIndex(lambda path: bodies[path].body)


Shown = tuple[SearchEntry | None, Sequence[str]]
"""A server, and the names of those that are the same."""


class _Parts:
    """The files of the index, each named by its content."""

    def __init__(self, folder: str, memo: Memo) -> None:
        self._folder = folder
        self._memo = memo
        self._files: dict[str, Page] = {}

    def add(self, value: object) -> str:
        body = orjson.dumps(value)
        digest = _digest(body)
        self._files[digest] = Page(f"{self._folder}/{part(digest)}", body)
        return digest

    def add_bundle(self, bundle: Sequence[Shown]) -> str:
        """Add servers as they are shown; nothing is made if the last build had the same ones."""
        keys = (f"{entry.row.key if entry else ''} {' '.join(also)}" for entry, also in bundle)
        inputs = fingerprint.of(keys)
        make = cache(partial(_bundle, bundle))
        digest = self._memo.value("bundle", inputs, lambda: _digest(make()))
        self._files[digest] = Page(f"{self._folder}/{part(digest)}", make, inputs)
        return digest

    def pages(self) -> Iterable[Page]:
        return self._files.values()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGEST]


def _priors(entries: Sequence[SearchEntry | None]) -> str:
    return "".join(DIGITS[entry.prior] if entry else "0" for entry in entries)


def _bundle(servers: Sequence[Shown]) -> bytes:
    return orjson.dumps([_shown(entry, also) for entry, also in servers])


def _shown(entry: SearchEntry | None, also: Sequence[str]) -> list[object]:
    """What a result shows: name, title ("" if it is the name's), description, version, facts.

    A placeholder or a test has its caution at the end, and a server with an icon the icon's file.
    """
    if entry is None:
        return []
    row = entry.row
    title = row.title if row.title != row.label else ""
    facts = [row.version, row.day, row.badges, row.hue, row.topic_titles, int(row.deprecated), also]
    facts += [row.caution, row.icon] if row.icon else [row.caution] if row.caution else []
    return [row.name, title, row.description, *facts]
