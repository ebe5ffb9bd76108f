"""Catalogue -> pages: one module for each kind of page, one row for each of its functions.

A row of SERVER_PAGES makes the pages of one server from that server alone (and its namespace and
the settings): what it gives can be made in any process and remembered by the hash of its inputs.
A row of CATALOGUE_PAGES makes pages that need the whole registry, one of SETTINGS_PAGES pages
that hang on the settings alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from builder.catalogue import Catalogue, Server
from builder.config import Config
from builder.page import Page
from builder.pages import (
    api,
    assets,
    docs,
    document,
    feeds,
    head,
    hosts,
    html,
    machine,
    names,
    search,
    sitemap,
)
from builder.sidecar import Namespace

ServerPages = Callable[[Server, Namespace | None, Config], Iterator[Page]]
CataloguePages = Callable[[Catalogue, Config], Iterator[Page]]
SettingsPages = Callable[[Config], Iterator[Page]]

SERVER_PAGES: tuple[ServerPages, ...] = (
    api.server_pages,
    html.server_pages,
    feeds.server_pages,
    machine.server_pages,
    hosts.server_pages,
)
CATALOGUE_PAGES: tuple[CataloguePages, ...] = (
    api.catalogue_pages,
    document.pages,
    head.pages,
    names.pages,
    hosts.catalogue_pages,
    assets.pages,
    html.catalogue_pages,
    search.pages,
    feeds.catalogue_pages,
    sitemap.pages,
    machine.catalogue_pages,
)
SETTINGS_PAGES: tuple[SettingsPages, ...] = (docs.pages,)


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Make all pages of one server."""
    for make in SERVER_PAGES:
        yield from make(server, namespace, config)


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Make all pages that need the whole registry, or the settings only."""
    for make in CATALOGUE_PAGES:
        yield from make(catalogue, config)
    for make_of_settings in SETTINGS_PAGES:
        yield from make_of_settings(config)
