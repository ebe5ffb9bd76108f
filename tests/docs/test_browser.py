"""The documentation in Chromium: nothing from elsewhere, no error, readable by everyone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.docs.blocks import DOCS, ROOT
from tests.docs.sandbox import World

AXE = ROOT / "node_modules/axe-core/axe.min.js"
MADE = ("rules", "formats", "commands")
ONE_OF_MANY = ("rules/file-too-large", "formats/registry")  # a page a rule or a file, all alike
FOLDERS = sorted(
    f"{path.relative_to(DOCS).with_suffix('')}/".replace("index/", "")
    for path in DOCS.rglob("*.md")
    if path.parent.name not in ("rules", "formats")
) + [f"{name}/" for name in (*MADE, *ONE_OF_MANY)]
LONGEST = 24_000
"""Pixels of a page on a phone: what is longer is cut into pages, or folded."""
HIDDEN = """() => [...document.querySelectorAll(".md-typeset .table")].filter(
  (table) => !table.querySelector("tr > :nth-child(3)") && table.scrollWidth > table.clientWidth,
).map((table) => table.textContent)"""
DEPENDS_ON_LOOK = ("color-contrast", "scrollable-region-focusable", "target-size")
AXE_RUN = """async (rules) => {
  const found = await axe.run(rules ? { runOnly: rules } : {});
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`);
}"""


@dataclass
class Seen:
    """What went wrong on a page: console errors, answers of 400 and more, foreign requests."""

    world: World
    wrong: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)

    def response(self, response: Response) -> None:
        if response.status >= 400 or not response.url.startswith((self.world.url, "data:")):
            self.wrong.append(f"{response.status} {response.url}")


@pytest.fixture
def seen(world: World) -> Seen:
    return Seen(world)


@pytest.fixture
def page(browser: Browser, seen: Seen) -> Iterator[Page]:
    page = browser.new_page(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page.on("console", seen.console)
    page.on("pageerror", lambda error: seen.wrong.append(str(error)))
    page.on("response", seen.response)
    yield page
    page.close()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.strip("/") or "start")
def test_a_page_is_sound_in_both_sizes_and_schemes(folder: str, page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/{folder}", wait_until="networkidle")
    page.evaluate(AXE.read_text())
    assert page.evaluate(AXE_RUN) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(AXE_RUN, list(DEPENDS_ON_LOOK)) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert not page.evaluate(HIDDEN), "the second of two columns is behind a scroll"
    assert page.evaluate("document.documentElement.scrollHeight") < LONGEST
    assert seen.wrong == []


@pytest.mark.parametrize("folder", ["commands/", "consume/explorer/"])
def test_what_has_the_keyboard_is_seen(folder: str, page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/{folder}", wait_until="networkidle")
    summary = page.locator("main summary").first
    page.locator("main a").first.focus()
    while not summary.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Tab")
    assert summary.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"


def test_the_explorer_asks_this_registry(page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/consume/explorer/")
    path = "/v0.1/servers/{serverName}/versions"
    row = page.locator(f'[data-path="{path}"]')
    row.locator("summary").click()
    row.get_by_label("serverName").fill("ai.exa/exa")
    with page.expect_response(lambda response: "/v0.1/" in response.url) as answered:
        row.get_by_role("button", name="Send").click()
    assert answered.value.status == 200
    assert answered.value.json()["servers"]
    row.get_by_text('"isLatest"').first.wait_for()
    page.get_by_text("The same for older clients").click()  # folded before
    page.locator('[data-path="/v0/servers"]').locator("summary").click()
    page.evaluate(AXE.read_text())
    assert page.evaluate(AXE_RUN) == []
    assert seen.wrong == []


@pytest.mark.parametrize("folder", ["", "consume/clients/"])
def test_servers_are_found_from_the_documentation(folder: str, page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/{folder}")
    page.keyboard.press("/")
    page.keyboard.type("exa")
    page.get_by_role("option", name="ai.exa/exa").click()
    page.wait_for_url("**/servers/ai.exa/exa/")
    assert seen.wrong == []


def test_code_can_be_copied(page: Page, seen: Seen) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{seen.world.url}/docs/publish/", wait_until="networkidle")
    page.locator("[data-copy]").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("mcp-registry new io.github.alice/weather")


def test_without_scripts_all_is_there(browser: Browser, world: World) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{world.url}/docs/")
    page.get_by_role("link", name="All pages of the documentation").click()
    page.get_by_role("link", name="Private registries").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("A private registry")
    assert Path(page.url.removeprefix(world.url)) == Path("/docs/operate/private/")
    context.close()
