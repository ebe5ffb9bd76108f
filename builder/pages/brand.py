"""The registry's own look: its colours as a style sheet, its logo, a picture for shared links, and links to its own pages.

Each file is named by what it holds, so that hosts may cache it for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from builder.catalogue.catalogue import Catalogue
from builder.install import Link
from builder.model.brand_settings import (
    DARK,
    DARK_GROUNDS,
    LIGHT,
    LIGHT_GROUNDS,
    Brand,
)
from builder.model.colour import BLACK, WHITE, contrast, mix
from builder.model.config import Config
from builder.model.own_files import Logo
from builder.model.page import Page
from builder.pages.html.text import clean
from builder.pages.picture import share_picture

FOLDER = "brand"
PAGES = "pages"


def pages(_catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the picture of shared links, and the style sheet and the logos, as far as there are any."""
    if path := style_file(config):
        yield Page(path, _style(config.brand).encode())
    yield Page(share_file(config), share_picture(config.brand.accent))
    logos = {logo_file(logo): logo for logo in (config.own.logo, config.own.logo_dark) if logo}
    for path, logo in logos.items():
        yield Page(path, logo.content)


def style_file(config: Config) -> str:
    """Return the path of the style sheet, "" if the site's own colours are the registry's."""
    brand = config.brand
    if (brand.accent, brand.accent_dark) == (LIGHT, DARK):
        return ""
    return f"{FOLDER}/{_digest(_style(brand).encode())}.css"


@lru_cache
def share_file(config: Config) -> str:
    """Return the path of the picture that goes with shared links."""
    return f"{FOLDER}/{_digest(share_picture(config.brand.accent))}.png"


def logo_file(logo: Logo | None) -> str:
    """Return the path of a logo, "" if there is none."""
    return f"{FOLDER}/{_digest(logo.content)}.{logo.ending}" if logo else ""


def own_links(config: Config) -> tuple[Link, ...]:
    """Return the operator's own pages that stand in the navigation: those not at the foot."""
    footer = {link.url for link in config.brand.footer}
    return tuple(
        Link(href=f"{PAGES}/{page.slug}/", label=clean(page.title))
        for page in config.own.pages
        if f"{PAGES}/{page.slug}" not in footer
    )


def footer_links(config: Config) -> tuple[Link, ...]:
    """Return the links at the foot; one to a page of the operator's own leads from the root."""
    slugs = {f"{PAGES}/{page.slug}" for page in config.own.pages}
    return tuple(
        Link(href=f"{link.url}/" if link.url in slugs else link.url, label=clean(link.title))
        for link in config.brand.footer
        if link.url in slugs or not link.url.startswith(f"{PAGES}/")
    )


def _style(brand: Brand) -> str:
    light, dark = brand.accent, brand.accent_dark
    pairs = {
        "--accent": (light, dark),
        "--accent-strong": (mix(light, BLACK, 0.25), mix(dark, WHITE, 0.25)),
        "--accent-soft": (mix(LIGHT_GROUNDS[1], light, 0.1), mix(DARK_GROUNDS[0], dark, 0.2)),
        "--on-accent": (_on(light), _on(dark)),
    }
    lines = [f"  {name}: light-dark({pair[0]}, {pair[1]});" for name, pair in pairs.items()]
    return "\n".join([":root {", *lines, "}", ""])


def _on(colour: str) -> str:
    """Return black or white: what is read better on a colour."""
    return max((BLACK, WHITE), key=lambda text: contrast(text, colour))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
