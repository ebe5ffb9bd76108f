"""MCPB bundles: a file to download, which Claude Desktop opens; nothing else starts one.

The grammar of a bundle is its address: what opens is the file that the entry names, by its hash.
"""

from __future__ import annotations

from collections.abc import Sequence

from builder.install.client import Client
from builder.install.field import text
from builder.install.shape import Link, Recipe
from builder.install.web import https_link
from builder.model.server_json import Document

NO_BUNDLE = "The entry names no https address that the bundle can be downloaded from."
BUNDLES = "An .mcpb bundle is opened by Claude Desktop; this client cannot start it."
OPENER = "claude-desktop"
OPEN_IT = "Open the downloaded file with Claude Desktop."
DOWNLOAD = "Download the bundle"


def bundle_link(package: Document) -> Link | None:
    """Return the link to the file, or None if its address is none to click."""
    return https_link(text(package, "identifier"), DOWNLOAD)


def bundle_recipes(package: Document, clients: Sequence[Client]) -> tuple[Recipe, ...]:
    """Make the recipes of a bundle, one for each client."""
    return tuple(_recipe(client, bundle_link(package)) for client in clients)


def _recipe(client: Client, link: Link | None) -> Recipe:
    if client.id != OPENER or link is None:
        note = BUNDLES if link else ""
        return Recipe(client=client.id, title=client.title, notes=(note,) if note else ())
    return Recipe(client=client.id, title=client.title, links=(link,), notes=(OPEN_IT,))
