"""Discovery documents: what lets agents find this registry and its servers.

`.well-known/ard.json` (Agentic Resource Discovery 0.91), `.well-known/ai-catalog.json` (AI Catalog
0.9) and a card of each server, from one table. A catalogue that would grow past 1 MB is cut: the
document at the known address then names its parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model.config import Config
from builder.model.page import Page
from builder.model.sidecars import Namespace
from builder.pages.discovery.card import card_page
from builder.pages.discovery.catalogs import catalog_pages

__all__ = ["catalogue_pages", "server_pages"]


def server_pages(server: Server, _namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Yield the card of a server; none if all versions are deleted, or on a lean site."""
    if server.latest is not None and not config.pages.lean:
        yield card_page(server.latest, config)


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the catalogues, with their parts."""
    if not config.pages.lean:
        yield from catalog_pages(catalogue, config)
