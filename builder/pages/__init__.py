"""Catalogue -> pages: one module for each kind of page, one row for each of its functions.

A row of SERVER_PAGES makes the pages of one server from that server alone (and its namespace and
the settings), one of NAMESPACE_PAGES those of one namespace from the rows of its servers: what
these give can be made in any process and remembered by the hash of its inputs. A row of
CATALOGUE_PAGES makes pages that need the whole registry, one of SETTINGS_PAGES pages that depend
on the settings alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model.config import Config
from builder.model.page import Page
from builder.model.sidecars import Namespace
from builder.pages import (
    assets,
    brand,
    changes,
    discovery,
    docs,
    exports,
    host_files,
    html,
    icons,
    search,
)
from builder.pages.api import collection, openapi, servers, service_index
from builder.pages.feeds import agents, atom, sitemap
from builder.pages.html.group import NamespaceGroup, group_hashes, groups
from builder.pages.sync import head, log, names, origins

NamespacePages = Callable[[NamespaceGroup, Config], Iterator[Page]]
ServerPages = Callable[[Server, Namespace | None, Config], Iterator[Page]]
CataloguePages = Callable[[Catalogue, Config], Iterator[Page]]
SettingsPages = Callable[[Config], Iterator[Page]]

SERVER_PAGES: tuple[ServerPages, ...] = (
    servers.server_pages,
    html.server_pages,
    atom.server_pages,
    agents.server_pages,
    host_files.server_pages,
    discovery.server_pages,
)
NAMESPACE_PAGES: tuple[NamespacePages, ...] = (html.namespace_pages, atom.namespace_pages)
CATALOGUE_PAGES: tuple[CataloguePages, ...] = (
    servers.catalogue_pages,
    service_index.pages,
    head.pages,
    log.pages,
    origins.pages,
    names.pages,
    host_files.catalogue_pages,
    assets.pages,
    html.catalogue_pages,
    search.pages,
    atom.catalogue_pages,
    sitemap.pages,
    agents.catalogue_pages,
    collection.pages,
    exports.pages,
    brand.pages,
    icons.pages,
    changes.pages,
    discovery.catalogue_pages,
)
SETTINGS_PAGES: tuple[SettingsPages, ...] = (docs.pages, openapi.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKind:
    """A kind of thing that has pages of its own: the hash of each by its name, and how to find one."""

    hashes: Callable[[Catalogue], Mapping[str, str]]
    find: Callable[[Catalogue, str], Any]
    pages: Callable[[Any, Config], Iterator[Page]]

    def all(self, catalogue: Catalogue) -> list[Any]:
        """Return every thing of this kind."""
        return [self.find(catalogue, name) for name in self.hashes(catalogue)]


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Make all pages of one server."""
    for make in SERVER_PAGES:
        yield from make(server, namespace, config)


def namespace_pages(group: NamespaceGroup, config: Config) -> Iterator[Page]:
    """Make all pages of one namespace."""
    for make in NAMESPACE_PAGES:
        yield from make(group, config)


def _server(catalogue: Catalogue, name: str) -> tuple[Server, Namespace | None]:
    server = catalogue.by_name[name]
    return server, catalogue.namespaces.get(server.namespace)


def _pages_of_server(owned: tuple[Server, Namespace | None], config: Config) -> Iterator[Page]:
    return server_pages(*owned, config)


def _group(catalogue: Catalogue, name: str) -> NamespaceGroup:
    return catalogue.derived(groups)[name]


def _group_hashes(catalogue: Catalogue) -> Mapping[str, str]:
    return catalogue.derived(group_hashes)


def _server_hashes(catalogue: Catalogue) -> Mapping[str, str]:
    return catalogue.derived(fingerprint.servers)


KINDS: Mapping[str, PageKind] = {
    "servers": PageKind(find=_server, hashes=_server_hashes, pages=_pages_of_server),
    "namespaces": PageKind(find=_group, hashes=_group_hashes, pages=namespace_pages),
}


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Make all pages that need the whole registry, or the settings only."""
    for made in of_registry(catalogue, config):
        yield from made


def of_registry(catalogue: Catalogue, config: Config) -> Iterator[Iterator[Page]]:
    """Yield the same pages, function by function; nothing is made before it is asked for."""
    yield from (make(catalogue, config) for make in CATALOGUE_PAGES)
    yield from (make(config) for make in SETTINGS_PAGES)
