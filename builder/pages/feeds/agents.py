"""Small files for programs: badges, Markdown twins, llms.txt, robots.txt, opensearch.xml.

Each server has two besides its feed: a badge for shields.io and its page as Markdown.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from textwrap import shorten

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.install import CLIENTS
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.model.page_paths import server_folder
from builder.model.sidecars import Namespace, Status
from builder.pages.address import badge_file, button_file
from builder.pages.feeds.markdown import line, server_markdown
from builder.pages.html.browse import updated
from builder.pages.html.environment import render, render_file
from builder.pages.html.proof import dated, granted, proof
from builder.pages.html.template import environment
from builder.pages.html.text import clean
from builder.runtime import resources

LISTED = 100
BUTTON_CHARACTER, BUTTON_MARGIN = 7, 14  # pixels; the text is drawn to its width
SHORT_NAME = 16
"""Characters of a search engine's name that OpenSearch 1.1 allows."""
_COLOURS = {Status.ACTIVE: "0b6660", Status.DEPRECATED: "orange", Status.DELETED: "red"}


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Yield a server's badge and its page as Markdown; neither on a lean site."""
    if config.pages.lean:
        return
    shown = server.latest or server.versions[0]
    yield json_page(badge_file(server.name), badge(shown.version, shown.status))
    if server.latest is not None:
        record = namespace or granted(server.namespace, config)
        proved = proof(server.namespace, record, shown.source)
        proved = dated(proved, server.latest.known_facts().proof)
        text = server_markdown(server, server.latest, proved, config)
        yield Page(f"{server_folder(server.name)}/index.md", clean(text).encode())


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield what tells programs where to look, and the page on badges."""
    recent = [line(row, config) for row in catalogue.derived(updated)[:LISTED]]
    yield render_file("llms.txt", "llms.txt", config, recent=recent)
    yield render_file("robots.txt", "robots.txt", config)
    icon = (resources.folder("site") / "assets" / "mark.svg").read_bytes()
    yield render_file(
        "opensearch.xml",
        "opensearch.xml",
        config,
        icon=base64.b64encode(icon).decode(),
        short=shorten(clean(config.title), SHORT_NAME, placeholder=""),
    )
    if not config.pages.lean:
        yield render("badges.html", "badges", config)
    yield from _buttons()


def _buttons() -> Iterator[Page]:
    """Yield the pictures of the install buttons, drawn here so that no README depends on another host."""
    for client in CLIENTS:
        if client.readme is not None:
            label = client.readme.label
            width = len(label) * BUTTON_CHARACTER + 2 * BUTTON_MARGIN
            values = {"label": label, "width": width, "inner": width - 2 * BUTTON_MARGIN}
            svg = environment().get_template("button.svg").render(values)
            yield Page(button_file(client.id), svg.encode())


def badge(version: str, status: Status) -> dict[str, object]:
    """Return what shields.io shows for a version (https://shields.io/badges/endpoint-badge)."""
    message = clean(version) if status is Status.ACTIVE else f"{clean(version)} {status.value}"
    message = "deleted" if status is Status.DELETED else message
    return {
        "schemaVersion": 1,
        "label": "MCP registry",
        "message": message,
        "color": _COLOURS[status],
    }
