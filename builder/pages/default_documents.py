"""The API's documents once more as pages: for hosts that serve no other document of a folder than index.html,
and for clients that do not follow the redirect to a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.hosts.table import named
from builder.model.config import Config
from builder.model.page import Page
from builder.model.page_paths import MAX_NAME

_JSON, _HTML = "index.json", "index.html"


def are_wanted(config: Config) -> bool:
    """Return whether a host of the settings needs them."""
    return any(host.documents_by_index for host in named(config.hosts))


def copy(page: Page) -> Page:
    """Return a document of a folder as its default document.

    Azure is told the type. Wherever else the files lie a browser takes this one for HTML, with the
    publishers' texts in it: no text has an angle bracket, which is the same JSON.
    """
    return _without_markup(page, page.path.removesuffix(_JSON) + _HTML)


def beside_folders(pages: Iterable[Page], config: Config) -> Iterator[Page]:
    """Yield each document of a folder `a` as `a.html`, which GitHub Pages sends for `/a` at once.

    Left out is what would have the name of another version's folder, or too long a one.
    """
    hosts = named(config.hosts)
    if not (config.api.without_redirects and any(host.pages_before_folders for host in hosts)):
        return
    folders = {
        page.path.removesuffix(f"/{_JSON}"): page
        for page in pages
        if page.path.endswith(f"/{_JSON}")
    }
    for folder, page in folders.items():
        path = f"{folder}.html"
        if path not in folders and len(path.rpartition("/")[2].encode()) <= MAX_NAME:
            yield _without_markup(page, path)


def _without_markup(page: Page, path: str) -> Page:
    return Page(path, lambda: page.body.replace(b"<", b"\\u003c"), page.inputs)
