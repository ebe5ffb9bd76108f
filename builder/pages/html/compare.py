"""The page on which a visitor sets servers side by side: it reads their pages (site/assets/compare.js)."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.config import Config
from builder.model.page import Page
from builder.pages.html.environment import render

FOLDER = "compare"


def pages(config: Config) -> Iterator[Page]:
    """The page itself; which servers it compares stands in its address."""
    yield render("compare.html", FOLDER, config)
