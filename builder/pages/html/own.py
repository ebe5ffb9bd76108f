"""The operator's own pages, from Markdown below site/pages/."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.config import Config
from builder.model.page import Page
from builder.pages import brand
from builder.pages.html.environment import render
from builder.pages.html.prose import sections
from builder.pages.html.text import clean


def pages(config: Config) -> Iterator[Page]:
    """One page for each."""
    for page in config.own.pages:
        yield render(
            "own.html",
            f"{brand.PAGES}/{page.slug}",
            config,
            title=clean(page.title),
            text=sections(page.text),
        )
