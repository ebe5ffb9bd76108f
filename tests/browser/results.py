"""The page of search results, as a test reads it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def titles(page: Page) -> list[str]:
    # Not the inner texts: cards below the screen have none until they are laid out.
    return [text.strip() for text in page.locator("[data-list] .card-name").all_text_contents()]


def address_ends(page: Page, end: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(end) + "$"))


def found(page: Page, query: str) -> list[str]:
    page.goto(f"search/{query}")
    expect(page.locator(":root[data-asked]")).to_have_count(0)  # the answer is there
    return titles(page)
