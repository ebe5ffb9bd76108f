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
FOLDERS = sorted(
    f"{path.relative_to(DOCS).with_suffix('')}/".replace("index/", "")
    for path in DOCS.rglob("*.md")
) + [f"{name}/" for name in MADE]
# Swagger UI is other people's markup: its rows are buttons that hold further buttons
# (https://github.com/swagger-api/swagger-ui/issues/8351).
DEPENDS_ON_LOOK = ("color-contrast", "scrollable-region-focusable", "target-size")
AXE_RUN = """async (rules) => {
  const options = rules ? { runOnly: rules } : {};
  const found = await axe.run({ exclude: ["#explorer"] }, options);
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
    assert seen.wrong == []


@pytest.mark.parametrize("path", ["/v0.1/servers", "/v0.1/servers/{serverName}/versions"])
def test_the_explorer_asks_this_registry(path: str, page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/consume/explorer/")
    row = page.locator(".opblock").filter(has=page.locator(f'[data-path="{path}"]'))
    row.locator(".opblock-summary-control").click()
    row.get_by_role("button", name="Try it out").click()
    given = {"limit": "1", "serverName": "ai.exa/exa"}
    for name, value in given.items():
        for field_ in row.locator(f"[data-param-name={name}] input").all():
            field_.fill(value)
    with page.expect_response(lambda response: "/v0.1/" in response.url) as answered:
        row.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    assert answered.value.json()["servers"]
    shown = row.locator(".live-responses-table")
    shown.wait_for()
    assert '"isLatest"' in shown.inner_text()
    assert seen.wrong == []


def test_the_explorer_follows_the_chosen_scheme(page: Page, seen: Seen) -> None:
    page.goto(f"{seen.world.url}/docs/consume/explorer/", wait_until="networkidle")
    assert not page.locator("html.dark-mode").count()
    page.locator("[data-theme-toggle]").click()
    page.locator("html.dark-mode").wait_for(state="attached")


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
