"""The home page: what this is, search, what is new, how to publish and how to use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import collection_folder, url
from builder.pages.html.browse import choice, newest, updated
from builder.pages.html.collection import rows_of
from builder.pages.html.environment import render
from builder.pages.html.prose import sections
from builder.pages.html.row import ServerRow, rows
from builder.pages.html.stats import visible_versions
from builder.pages.html.text import clean
from builder.pages.html.topic import by_topic

SHOWN = 6
TOPICS = 18


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The home page."""
    shown = rows(catalogue)
    new = _usable(catalogue.derived(newest), SHOWN)
    changed = _usable(catalogue.derived(updated), 2 * SHOWN)
    shown_as_new = {row.name for row in new}
    figures = (
        ("search/", len(shown), "server"),
        ("stats/", visible_versions(catalogue), "version"),
        ("namespaces/", len({row.namespace for row in shown}), "namespace"),
    )
    yield render(
        "home.html",
        "",
        config,
        figures=[(url, *counted(number, noun).split()) for url, number, noun in figures],
        topics=[choice(listing) for listing in catalogue.derived(by_topic)[:TOPICS]],
        newest=new,
        updated=[row for row in changed if row.name not in shown_as_new][:SHOWN],
        home_text=sections(config.own.home),
        featured=list(_featured(catalogue, config)),
    )


def _featured(
    catalogue: Catalogue, config: Config
) -> Iterator[tuple[str, str, Sequence[ServerRow]]]:
    """The title, the URL and the first servers of each collection that the brand features."""
    for slug in config.brand.featured:
        if collection := catalogue.collections.get(slug):
            shown = rows_of(catalogue, collection)[:SHOWN]
            yield clean(collection.title), url(f"{collection_folder(slug)}/"), shown


def _usable(rows: Iterable[ServerRow], count: int) -> list[ServerRow]:
    """The first rows that are no placeholders and no tests: what a visitor sees first is real."""
    return list(islice((row for row in rows if not row.caution), count))
