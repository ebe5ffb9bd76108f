"""Search without a server: an inverted index in a few files, of which a query needs some dozen.

Servers are numbered in the order in which they first appeared, so that a new one is added at the
end of everything and most files stay as they were. builder/search and site/assets/search/engine.js
read all this; builder/search/index.py says what the files are called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import orjson

from builder.catalogue.catalogue import Catalogue, Renewable
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages import assets
from builder.pages.address import search_folder
from builder.pages.html.environment import render
from builder.pages.html.order import by_title
from builder.pages.search import columns, filters, identity, server_terms, term_files, terms
from builder.pages.search.entry import SearchEntry, entries
from builder.pages.search.first_list import listed
from builder.pages.search.index_files import IndexFiles, digest_of
from builder.pages.search.vocabulary import vocabulary
from builder.runtime.once import once
from builder.search.index import BUNDLE, FORMAT, LEAN_BUNDLE, SearchIndex, part

_ONE = "0" * 64
"""Names a value of which there is one."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The search page, and the index it reads."""
    same = _same(catalogue)
    *parts, index = _index_pages(catalogue, same, config)
    yield from (*parts, index)
    top = orjson.loads(index.body)
    first, count = listed(entries(catalogue), catalogue.derived(columns.priors), same)
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
    yield from _index_pages(catalogue, _same(catalogue), config)


def _same(catalogue: Catalogue) -> list[list[int]]:
    """Return the numbers of servers that are the same, the one to show first."""
    named = catalogue.derived(columns.named)
    groups = catalogue.derived(_groups)
    return identity.best_first(groups, named, catalogue.derived(columns.priors))


def _all_groups(catalogue: Catalogue) -> list[list[int]]:
    return identity.groups(catalogue.derived(columns.named))


def _renewed_groups(
    last: list[list[int]], catalogue: Catalogue, _changed: frozenset[str]
) -> list[list[int]]:
    assert catalogue.earlier is not None
    before, now = catalogue.earlier.values[columns.named], catalogue.derived(columns.named)
    return last if before == now else _all_groups(catalogue)


_groups = Renewable(_all_groups, _renewed_groups)


def _index_pages(
    catalogue: Catalogue, same: Sequence[Sequence[int]], config: Config
) -> Iterator[Page]:
    files = IndexFiles(search_folder(config), catalogue.memo)
    known = term_files.add(files, catalogue)
    priors, by = catalogue.derived(columns.priors), filters.chosen(catalogue, same)
    size = LEAN_BUNDLE if config.pages.lean else BUNDLE
    index = {
        "version": FORMAT,
        "count": len(priors),
        "bundle": size,
        "firsts": " ".join(terms.firsts((first, last) for _, first, last in known.shards)),
        "shards": "".join(shard.digest for shard in known.shards),
        "bundles": "".join(
            files.add_known("bundle", *bundle) for bundle in _bundles(catalogue, same, size)
        ),
        "head": files.add({"priors": "".join(map(DIGITS.__getitem__, priors)), "groups": same}),
        **{name: files.add(value) for name, value in known.meaning.items()},
        "vocabulary": _vocabulary(files, catalogue),
        "facets": files.add(filters.values(catalogue, by)),
        "counts": files.add(filters.counts(catalogue, same, by)),
        "days": files.add(catalogue.derived(columns.days)),
        "names": files.add(_places(catalogue)),
    }
    yield from files.pages()
    yield json_page(f"{search_folder(config)}/index.json", index)


def read_index(catalogue: Catalogue, config: Config) -> SearchIndex:
    """Return the index of a catalogue in memory, ready to be searched."""
    folder = f"{search_folder(config)}/"
    bodies = {page.path.removeprefix(folder): page for page in index_pages(catalogue, config)}
    return SearchIndex(lambda path: bodies[path].body)


Shown = tuple[SearchEntry | None, Sequence[str]]
"""A server, and the names of those that are the same."""


def _vocabulary(files: IndexFiles, catalogue: Catalogue) -> str:
    """Add the words of all servers, which are read only if one has others; return what names the file."""
    memo, words = catalogue.memo, partial(catalogue.derived, server_terms.words)
    body = once(lambda: orjson.dumps(vocabulary(words(), len(catalogue.servers))))
    known = memo.previous_value("vocabulary", _ONE)
    is_same = known is not None and not server_terms.words_changed(catalogue)
    digest: str = known if is_same else digest_of(body())
    memo.renew("vocabulary", _ONE, digest)
    files.add_later(digest, body, digest)
    return digest


def _places(catalogue: Catalogue) -> list[int]:
    """Return the place of each server in the order of titles; only sorting by name needs it.

    Those that are not shown come before all others.
    """
    keys = catalogue.derived(columns.keys)
    hidden = iter(range(keys.count("")))
    rows = catalogue.derived(by_title)
    places = {row.key: place for place, row in enumerate(rows, keys.count(""))}
    return [places[key] if key else next(hidden) for key in keys]


def _bundles(
    catalogue: Catalogue, same: Iterable[Sequence[int]], size: int
) -> Iterator[tuple[object, Callable[[], object]]]:
    """Yield servers as they are shown, `size` at a time: what decides about them, and what makes them."""
    found, keys = entries(catalogue), catalogue.derived(columns.keys)
    named = catalogue.derived(columns.named)
    also = {first: [named[other][0] for other in others] for first, *others in same}
    for start in range(0, len(found), size):
        numbers = range(start, min(start + size, len(found)))
        others = [also.get(number, ()) for number in numbers]
        shown = [*zip(found[start : start + size], others, strict=True)]
        yield [keys[start : start + size], others], partial(_bundle, shown)


def _bundle(servers: Sequence[Shown]) -> list[object]:
    return [_shown(entry, also) for entry, also in servers]


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
