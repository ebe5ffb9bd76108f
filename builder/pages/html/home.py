"""The home page: what this is, search, what is new, how to publish and how to use it."""

from __future__ import annotations

from collections.abc import Iterator

from builder.catalogue import Catalogue
from builder.config import Config
from builder.page import Page
from builder.pages.html.browse import by_kind, choice, newest, updated
from builder.pages.html.environment import render
from builder.pages.html.row import rows
from builder.pages.html.stats import visible_versions

SHOWN = 6


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The home page."""
    shown = rows(catalogue)
    new = catalogue.derived(newest)[:SHOWN]
    known, changed = {row.name for row in new}, catalogue.derived(updated)[: 2 * SHOWN]
    yield render(
        "home.html",
        "",
        config,
        servers=f"{len(shown):,}",
        versions=f"{visible_versions(catalogue):,}",
        namespaces=f"{len({row.namespace for row in shown}):,}",
        kinds=[choice(listing) for listing in catalogue.derived(by_kind)[:SHOWN]],
        newest=new,
        updated=[row for row in changed if row.name not in known][:SHOWN],
    )
