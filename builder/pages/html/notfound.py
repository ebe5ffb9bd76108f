"""404.html: what hosts answer for an address that is not there. It looks for what was meant.

It is shown below any address, so it is the one page whose own addresses are absolute.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.config import Config
from builder.model.page import Page
from builder.pages.html.environment import render_file, site


def pages(config: Config) -> Iterator[Page]:
    """The page for what is not there."""
    yield render_file("404.html", "404.html", config, root=site(config).path, here="")
