"""Templates -> pages.

Templates loop and branch; whatever has to be computed comes to them as a value. Every address
in a page is relative, so that the site works below any path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from builder.cache.store import encode, fingerprint
from builder.install import Link
from builder.model.config import Config
from builder.model.page import Page
from builder.pages import address, assets, brand
from builder.pages.html.frame import fill
from builder.pages.html.template import environment
from builder.pages.html.text import clean, encoded


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SiteValues:
    """What every page says of the registry, as clean text: nothing depends on what is in it.

    `docs` is the folder of the documentation, "" if there is none; `style` is the style sheet of the
    registry's own colours, "" for the site's; `share` is the picture of shared links; `logo` and `logo_dark`
    are pictures, "" for the mark. Of `own` pages and `footer` links there are titles and URLs. `lean` is
    whether servers have a page each and nothing else.
    """

    title: str
    description: str
    base_url: str
    path: str
    repository: str
    docs: str
    assets: str
    search: str
    style: str
    share: str
    logo: str
    logo_dark: str
    collections: str
    lean: bool
    own: tuple[Link, ...]
    footer: tuple[Link, ...]


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
        style=brand.style_file(config),
        share=brand.share_file(config),
        logo=brand.logo_file(config.own.logo),
        logo_dark=brand.logo_file(config.own.logo_dark or config.own.logo),
        collections="collections/" if config.own.has_collections else "",
        lean=config.pages.lean,
        own=brand.own_links(config),
        footer=brand.footer_links(config),
    )


def render(template: str, folder: str, config: Config, /, **values: object) -> Page:
    """Render a template as the `index.html` of a folder ("" for the site's root)."""
    return render_file(template, page_file(folder), config, **_frame(folder), **values)


def render_late(
    template: str, folder: str, config: Config, inputs: object, /, **values: object
) -> Page:
    """Return the page that `render` does, to be rendered only if its inputs are new.

    For the many pages of the whole registry that stay the same. `inputs` (plain JSON, dataclasses
    included) has to hold all that decides the values, but the settings and the builder.
    """
    return Page(
        page_file(folder),
        lambda: render(template, folder, config, **values).body,
        inputs_hash(inputs),
    )


def render_file(template: str, path: str, config: Config, /, **values: object) -> Page:
    """Render a template as a file of any name, without characters that no page may hold."""
    compiled, values = environment().get_template(template), {**values, "site": site(config)}
    text = fill(compiled, values) if compiled.blocks else compiled.render(values)
    return Page(path, encoded(text))


def render_bare(template: str, folder: str, /, **values: object) -> Page:
    """Render a template that needs nothing of the settings as the `index.html` of a folder."""
    return Page(page_file(folder), encoded(environment().get_template(template).render(values)))


def inputs_hash(inputs: object) -> str:
    """Return a hash of what a page is made from: plain JSON, dataclasses included."""
    return fingerprint(encode(inputs))


def page_file(folder: str) -> str:
    """Name the file that a folder ("": the site's root) is shown by."""
    return f"{folder}/index.html" if folder else "index.html"


def _frame(folder: str) -> dict[str, object]:
    """Return the way from a folder's page to the site's root, and the page's own address."""
    return {
        "root": "../" * page_file(folder).count("/") or "./",
        "here": address.url(f"{folder}/") if folder else "",
    }
