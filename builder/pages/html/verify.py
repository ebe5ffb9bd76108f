"""The page on which a visitor proves a server: the check itself is site/assets/verify.js."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api.servers import extension
from builder.pages.html.environment import render

FOLDER = "verify"


def address(name: str, config: Config) -> str:
    """Return where a visitor proves a server, "" in a registry that names no key of its log."""
    return f"{FOLDER}/?{urlencode({'name': name})}" if config.log_key else ""


def pages(config: Config) -> Iterator[Page]:
    """The page itself, in a registry that names the key of its log."""
    if not config.log_key:
        return
    log = f"{extension(config)}/log"
    yield render("verify.html", FOLDER, config, log=log, address=config.base_url)
