"""Templates -> pages.

Templates loop and branch; whatever has to be computed comes to them as a value. Every address
in a page is relative, so that the site works below any path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from builder.cache.store import fingerprint
from builder.model.config import Config
from builder.model.page import LatePage, Page
from builder.pages import address, assets
from builder.pages.html.frame import fill
from builder.pages.html.template import environment
from builder.pages.html.text import clean, encoded

MakePage = Callable[..., Page]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SiteValues:
    """What every page says of the registry, as clean text: nothing depends on what is in it.

    `docs` is the folder of the documentation, "" if there is none.
    """

    title: str
    description: str
    base_url: str
    path: str
    repository: str
    docs: str
    assets: str
    search: str


@lru_cache
def site(config: Config) -> SiteValues:
    """Return what the frame of every page needs of the settings."""
    return SiteValues(
        title=clean(config.title),
        description=clean(config.description),
        base_url=clean(config.base_url),
        path=clean(urlsplit(config.base_url).path.rstrip("/") + "/"),
        repository=clean(config.repository),
        docs="docs/" if config.documentation else "",
        assets=assets.folder(),
        search=address.search_folder(config),
    )


def render(template: str, folder: str, config: Config, /, **values: object) -> Page:
    """Render a template as the `index.html` of a folder ("" for the site's root)."""
    return render_file(template, page_file(folder), config, **_frame(folder), **values)


def render_late(template: str, folder: str, config: Config, /, **values: object) -> Page:
    """Do as `render` does, but only if the values are not those of the last build."""
    return render_file_late(template, page_file(folder), config, **_frame(folder), **values)


def render_file(template: str, path: str, config: Config, /, **values: object) -> Page:
    """Render a template as a file of any name, without characters that no page may hold."""
    found, values = environment().get_template(template), {**values, "site": site(config)}
    text = fill(found, values) if found.blocks else found.render(values)
    return Page(path, encoded(text))


def render_file_late(template: str, path: str, config: Config, /, **values: object) -> Page:
    """Do as `render_file` does, but only if the values are not those of the last build."""
    return late(partial(render_file, template), path, config, **values)


def late(make: MakePage, path: str, config: Config, /, **values: Any) -> Page:
    """Return the page that `make(path, config, **values)` makes, but made only if the values are new.

    For the many pages of the whole registry that stay the same. Values must be plain data: they
    are told apart by their `repr`, and what has an address in it counts as new each time. A path
    has one maker: it need not be told apart.
    """
    text = repr(values)
    inputs = "" if " at 0x" in text else fingerprint(text.encode("utf-8", "surrogatepass"))
    return LatePage(path, inputs, lambda: make(path, config, **values).body)


def page_file(folder: str) -> str:
    """Name the file that a folder ("": the site's root) is shown by."""
    return f"{folder}/index.html" if folder else "index.html"


def _frame(folder: str) -> dict[str, object]:
    """Return the way from a folder's page to the site's root, and the page's own address."""
    return {
        "root": "../" * page_file(folder).count("/") or "./",
        "here": address.url(f"{folder}/") if folder else "",
    }
