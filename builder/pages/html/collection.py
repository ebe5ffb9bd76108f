"""Pages of collections: all of them, and for each its text and its servers in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.catalogue.catalogue import Catalogue
from builder.model.collection import CollectionFile
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import collection_feed, collection_folder, url
from builder.pages.html.browse import Choice
from builder.pages.html.environment import render
from builder.pages.html.prose import sections
from builder.pages.html.row import ServerRow, rows_by_server
from builder.pages.html.text import clean


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page of all collections, and one of each; none if the repository has no collection."""
    if not config.own.has_collections and not catalogue.collections:
        return
    yield render("collections.html", "collections", config, collections=choices(catalogue))
    for slug, collection in catalogue.collections.items():
        yield render(
            "collection.html",
            collection_folder(slug),
            config,
            title=clean(collection.title),
            summary=clean(collection.summary),
            text=sections(collection.text),
            rows=rows_of(catalogue, collection),
            missing=_missing(catalogue, collection),
            feed=url(collection_feed(slug)),
            gallery=f"{config.base_url}/{url(collection_folder(slug))}",
        )


def choices(catalogue: Catalogue) -> list[tuple[Choice, str]]:
    """Return the way to each collection, and its summary."""
    return [
        (
            Choice(
                title=clean(collection.title),
                servers=len(rows_of(catalogue, collection)),
                url=url(f"{collection_folder(slug)}/"),
            ),
            clean(collection.summary),
        )
        for slug, collection in sorted(catalogue.collections.items(), key=_by_title)
    ]


def _by_title(named: tuple[str, CollectionFile]) -> tuple[str, str]:
    slug, collection = named
    return clean(collection.title).lower(), slug


def rows_of(catalogue: Catalogue, collection: CollectionFile) -> Sequence[ServerRow]:
    """Return the servers of a collection that are shown, in its order."""
    rows = catalogue.derived(rows_by_server)
    return [row for name in collection.servers if (row := rows.get(name)) is not None]


def _missing(catalogue: Catalogue, collection: CollectionFile) -> str:
    count = len(collection.servers) - len(rows_of(catalogue, collection))
    return f"{counted(count, 'server')} of this collection cannot be shown." if count else ""
