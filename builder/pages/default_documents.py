"""The API's documents once more as index.html, for hosts that serve no other document of a folder."""

from __future__ import annotations

from builder.hosts.table import named
from builder.model.config import Config
from builder.model.page import Page

_JSON, _HTML = "index.json", "index.html"


def are_wanted(config: Config) -> bool:
    """Return whether a host of the settings needs them."""
    return any(host.documents_by_index for host in named(config.hosts))


def copy(page: Page, config: Config) -> Page:
    """Return a document of a folder as its default document.

    Azure is told the type. Elsewhere a browser takes the file for HTML, with the publishers' texts
    in it: there no text has an angle bracket, which is the same JSON.
    """
    path = page.path.removesuffix(_JSON) + _HTML
    if not any(host.types_by_name for host in named(config.hosts)):
        return page.at(path)
    return Page(path, lambda: page.body.replace(b"<", b"\\u003c"), page.inputs)
