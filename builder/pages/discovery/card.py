"""The card of a server (SEP-2127): its server.json without packages, as agents read it.

https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json
"""

from __future__ import annotations

from typing import Any

from builder.catalogue.server import Version
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.model.page_paths import LATEST
from builder.pages.address import url
from builder.pages.api.servers import extension
from builder.pages.html.title import shown_title
from builder.search.resource import card_file

SCHEMA = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json"
_KEPT = ("description", "websiteUrl", "repository", "icons", "remotes")


def card_page(version: Version, config: Config) -> Page:
    """Make the card of a server's latest version; texts are the publisher's."""
    content = version.content()
    card: dict[str, Any] = {
        "$schema": SCHEMA,
        "name": version.name,
        "title": shown_title(version.name, content),
        "version": version.version,
        **{key: content[key] for key in _KEPT if content.get(key)},
        "_meta": {
            f"{config.extension_namespace}/server": {
                "url": f"{config.base_url}/v0.1/servers/{url(version.name)}/versions/{LATEST}",
                "packages": bool(content.get("packages")),
                "changes": f"{config.base_url}/{extension(config)}/changes/index.json",
            }
        },
    }
    return json_page(card_file(version.name), card)
