"""The page on which a visitor proves a server: the check itself is site/assets/verify.js."""

from __future__ import annotations

from collections.abc import Iterator

from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api.servers import extension
from builder.pages.html.environment import render

FOLDER = "verify"


def pages(config: Config) -> Iterator[Page]:
    """The page itself."""
    log = f"{extension(config)}/log"
    yield render("verify.html", FOLDER, config, log=log, address=config.base_url)
