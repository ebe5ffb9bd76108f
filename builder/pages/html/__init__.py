"""Pages for people: one module for each kind of page, all from the templates in site/templates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.html import (
    browse,
    browse_front,
    collection,
    compare,
    home,
    lean,
    namespace,
    notfound,
    own,
    stats,
    topic,
    verify,
)
from builder.pages.html.namespace import namespace_pages
from builder.pages.html.server import server_pages

__all__ = ["catalogue_pages", "namespace_pages", "server_pages"]


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Home, lists, statistics and the page for what is not there."""
    yield from home.pages(catalogue, config)
    listings = chain(
        browse_front.pages(catalogue, config),
        browse.pages(catalogue, config),
        topic.pages(catalogue, config),
    )
    yield from lean.lean(listings) if config.pages.lean else listings
    yield from collection.pages(catalogue, config)
    yield from namespace.catalogue_pages(catalogue, config)
    yield from stats.pages(catalogue, config)
    yield from notfound.pages(config)
    yield from own.pages(config)
    yield from verify.pages(config)
    yield from compare.pages(config)
