"""axe-core finds nothing on any kind of page, in both schemes, at a desk and on a phone.

The same visit leaves the screenshots in .artefacts/screenshots/.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS, served
from tests.pages import made, told

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that the dark scheme changes are colours: what depends on markup and size is the same in both.
ALL_RULES: dict[str, object] = {"type": "tag", "values": TAGS}
COLOURS: dict[str, object] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[Literal["light", "dark"], dict[str, object]] = {"light": ALL_RULES, "dark": COLOURS}
PAGES = {
    "home": "",
    "search": "search/?q=weather&type=npm",
    "browse": "browse/",
    "list": "browse/newest/2/",
    "letter": "browse/letter/a/",
    "topics": "topics/",
    "topic": "topics/weather/",
    "namespaces": "namespaces/",
    "namespace": "namespaces/com.example/",
    "server": "servers/com.example/weather/",
    "several-ways": "servers/com.hostile/trap/",
    "version": "servers/com.example/weather/1.0.0/",
    "deprecated": "servers/com.example/old/",
    "deleted": "servers/com.example/gone/",
    "stats": "stats/",
    "changes": "changes/",
    "exports": "exports/",
    "verify": "verify/?name=com.example/weather",
    "compare": "compare/?server=com.example/weather&server=com.example/old",
    "feeds": "feeds/",
    "badges": "badges/",
    "missing": "servers/com.example/wether/",
    "nowhere": "nothing/here/",
}
TOLD_PAGES = {
    "told-home": "",
    "facts": "servers/com.example/weather/",
    "deleted-version": "servers/com.example/weather/1.0.1/",
    "renamed": "servers/com.example/old-name/",
    "new-name": "servers/com.example/new-name/",
    "collections": "collections/",
    "collection": "collections/starters/",
    "own": "pages/imprint/",
}


FILLED_BY_SCRIPT = {"search": ".card", "missing": ".card", "compare": ".compared"}


@pytest.fixture(scope="module")
def told_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site of which its registry tells much."""
    source = told.make(tmp_path_factory.mktemp("told"))
    files = made.site(source.catalogue, source.config, folded=True)
    with served(files, tmp_path_factory.mktemp("told-site")) as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible(browser: Browser, base: str, told_base: str, width: int) -> None:
    assert AXE.exists(), "axe-core is missing: make setup"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",  # a colour on its way to another one has no contrast of its own
    )
    page = context.new_page()
    problems: list[tuple[str, str, str]] = []
    told_pages = {name: told_base + path for name, path in TOLD_PAGES.items()}
    pages = {name: base + path for name, path in PAGES.items()} | told_pages
    for name, url in pages.items():
        page.goto(url)
        if name in FILLED_BY_SCRIPT:
            expect(page.locator(FILLED_BY_SCRIPT[name]).first).to_be_visible()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png", full_page=True)
        open_all(page)
        page.evaluate(AXE.read_text())
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            problems += [(name, scheme, problem) for problem in axe(page, rules)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        problems += [(name, "", f"scrolls sideways: {wide}")] if wide > width else []
    context.close()
    assert not problems


def open_all(page: Page) -> None:
    """Show what is folded, and the suggestions of the search box."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    if page.locator("form[data-search=suggest] input").count():
        page.locator("form[data-search=suggest] input").first.fill("weather")
        expect(page.get_by_role("option").first).to_be_visible()


def axe(page: Page, rules: dict[str, object]) -> list[str]:
    found = page.evaluate("rules => axe.run({ runOnly: rules })", rules)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
