"""The home page: what this is, search, topics, what is popular and new, how to publish and how to use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import collection_folder, url
from builder.pages.html.browse import Choice, newest, updated
from builder.pages.html.collection import choices as collections
from builder.pages.html.collection import rows_of
from builder.pages.html.environment import render
from builder.pages.html.popular import popular
from builder.pages.html.prose import sections
from builder.pages.html.row import ServerRow, rows
from builder.pages.html.stats import visible_versions
from builder.pages.html.text import clean
from builder.pages.html.topic import by_topic, topic_choice

SHOWN = 6
TOPICS = 12


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
        topics=[topic_choice(listing) for listing in by_topic(catalogue)[:TOPICS]],
        popular=popular(catalogue),
        newest=new,
        updated=[row for row in changed if row.name not in shown_as_new][:SHOWN],
        home_text=sections(config.own.home),
        featured=list(_featured(catalogue, config)),
        collections=_collections(catalogue, config),
    )


def _featured(
    catalogue: Catalogue, config: Config
) -> Iterator[tuple[str, str, Sequence[ServerRow]]]:
    """The title, the URL and the first servers of each collection that the brand features."""
    for slug in config.brand.featured:
        if collection := catalogue.collections.get(slug):
            shown = rows_of(catalogue, collection)[:SHOWN]
            yield clean(collection.title), url(f"{collection_folder(slug)}/"), shown


def _collections(catalogue: Catalogue, config: Config) -> list[tuple[Choice, str]]:
    """Return the way to the first collections of which no servers are shown."""
    shown = {url(f"{collection_folder(slug)}/") for slug in config.brand.featured}
    return [each for each in collections(catalogue) if each[0].url not in shown][:SHOWN]


def _usable(rows: Iterable[ServerRow], count: int) -> list[ServerRow]:
    """The first rows that are no placeholders and no tests: what a visitor sees first is real."""
    return list(islice((row for row in rows if not row.caution), count))
