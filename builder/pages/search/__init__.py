"""Search without a server: an inverted index in a few files, of which a query needs two or three.

    index.json    which file holds which terms and which servers; the only name that stays
    part/<...>    named by their content: terms with postings (about 48 KB each, cut in
                  alphabetical order), 64 servers as they are shown, columns for filters and order

Servers are numbered in the order in which they first appeared, so that a new one is added at the
end of everything and most files stay as they were. site/assets/engine.js reads all this.

Why not one list of names and descriptions: real ones cost 34 bytes a server after brotli, 1 MB at
30,000 servers. Measured on generated registries (real vocabulary), everything that a first search
for one word fetches, with the 20 servers it shows:

    servers   files   in all, gzip   first search, gzip   each word more   made in
      1,055      23         124 KB                57 KB            23 KB     0.2 s
     10,001     185         1.3 MB               121 KB            33 KB     2.2 s
     30,265     525         3.6 MB               165 KB            29 KB     6.4 s

(The last row is from before namespaces were terms; they stand in files of their own, 5 % in all.)
In Chromium an answer over 30,265 servers takes 2 to 27 ms once its files are there, 7 to 84 ms
with fetching them from the same machine.
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
from builder.pages.address import search_folder
from builder.pages.html.environment import render
from builder.pages.search import columns, terms
from builder.pages.search.entry import Entry, entries

FORMAT = "1"
BUNDLE = 64


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The search page, and the index it reads."""
    yield render("search.html", "search", config)
    found, memo = entries(catalogue), catalogue.memo
    parts = _Parts(search_folder(config), memo)
    index = {
        "version": FORMAT,
        "count": len(found),
        "bundle": BUNDLE,
        "terms": [[first, parts.add(shard)] for first, shard in terms.shards(found, memo)],
        "bundles": [
            parts.add_bundle(found[start : start + BUNDLE])
            for start in range(0, len(found), BUNDLE)
        ],
        "columns": parts.add(columns.columns(found)),
        "names": parts.add(columns.names(found)),
    }
    yield from parts.pages()
    yield json_page(f"{search_folder(config)}/index.json", index)


class _Parts:
    """The files of the index, each named by its content."""

    def __init__(self, folder: str, memo: Memo) -> None:
        self._folder = folder
        self._memo = memo
        self._files: dict[str, Page] = {}

    def add(self, value: object) -> str:
        body = orjson.dumps(value)
        name = _name(body)
        self._files[name] = Page(f"{self._folder}/{name}", body)
        return name

    def add_bundle(self, bundle: Sequence[Entry | None]) -> str:
        """Add servers as they are shown; nothing is made if the last build had the same ones."""
        inputs = fingerprint.of(entry.row.key if entry else "" for entry in bundle)
        make = cache(partial(_bundle, bundle))
        name = self._memo.value("bundle", inputs, lambda: _name(make()))
        self._files[name] = Page(f"{self._folder}/{name}", make, inputs)
        return name

    def pages(self) -> Iterable[Page]:
        return self._files.values()


def _name(body: bytes) -> str:
    return f"part/{hashlib.sha256(body).hexdigest()[:12]}.json"


def _bundle(entries: Sequence[Entry | None]) -> bytes:
    return orjson.dumps([_shown(entry) for entry in entries])


def _shown(entry: Entry | None) -> list[object]:
    """What a result shows: name, title ("" if it is the name's), description, version, facts."""
    if entry is None:
        return []
    row = entry.row
    title = row.title if row.title != row.label else ""
    return [row.name, title, row.description, row.version, row.day, row.badges, row.hue]
