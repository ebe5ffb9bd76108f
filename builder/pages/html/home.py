"""The home page: what this is, search, what is new, how to publish and how to use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.catalogue import Catalogue
from builder.config import Config
from builder.page import Page
from builder.pages.html.browse import by_kind, choice, newest, updated
from builder.pages.html.environment import render
from builder.pages.html.row import Row

SHOWN = 6


def pages(catalogue: Catalogue, rows: Sequence[Row], config: Config) -> Iterator[Page]:
    """The home page."""
    new = newest(rows)[:SHOWN]
    known = {row.name for row in new}
    yield render(
        "home.html",
        "",
        config,
        servers=f"{len(rows):,}",
        versions=f"{sum(len(server.visible) for server in catalogue.servers):,}",
        namespaces=f"{len({row.namespace for row in rows}):,}",
        kinds=[choice(listing) for listing in by_kind(rows)[:SHOWN]],
        newest=new,
        updated=[row for row in updated(rows)[: 2 * SHOWN] if row.name not in known][:SHOWN],
    )
