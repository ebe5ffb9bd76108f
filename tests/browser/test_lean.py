"""A lean site in a browser: its folded pages read as any other, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import served
from tests.pages import made

WEATHER = "servers/com.example/weather/"


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small registry's lean site."""
    source = made.make(tmp_path_factory.mktemp("repository"))
    pages = source.config.pages.model_copy(update={"lean": True})
    config = source.config.model_copy(update={"pages": pages})
    files = made.site(source.catalogue, config, folded=True)
    with served(files, tmp_path_factory.mktemp("lean")) as url:
        yield url


@pytest.fixture
def page(browser: Browser, lean: str) -> Iterator[Page]:
    context = browser.new_context(base_url=lean)
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    yield opened
    context.close()
    assert trouble == []


def test_a_page_is_whole_and_works(page: Page) -> None:
    page.goto(f"{WEATHER}#client-cursor")
    expect(page.get_by_role("tab", name="Cursor")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("combobox")).to_be_visible()
    expect(page.locator("script[data-fold]")).to_have_count(0)


def test_a_version_leads_to_its_line(page: Page) -> None:
    page.goto(f"{WEATHER}1.0.0/")
    page.wait_for_url("**/weather/#v-1.0.0")
    expect(page.locator('[id="v-1.0.0"]')).to_be_in_viewport()


def test_a_namespace_leads_to_a_search_for_its_servers(page: Page) -> None:
    page.goto(WEATHER)
    page.get_by_role("navigation", name="Breadcrumb").get_by_role(
        "link", name="com.example"
    ).click()
    expect(page.locator(".card").first).to_be_visible()


def test_servers_are_compared_by_their_folded_pages(page: Page) -> None:
    page.goto("compare/?server=com.example/weather")
    expect(page.get_by_role("table")).to_contain_text("On your machine")


def test_without_scripts_the_command_stands_there(browser: Browser, lean: str) -> None:
    page = browser.new_context(base_url=lean, java_script_enabled=False).new_page()
    page.goto(WEATHER)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("pre").first).to_contain_text("--add-mcp")
    page.goto("browse/newest/")
    page.locator("li a").first.click()
    page.wait_for_url(f"{lean}servers/*/*/")


def test_where_the_browser_cannot_unfold_the_command_stands_there(page: Page) -> None:
    page.add_init_script("delete window.DecompressionStream")
    page.goto(WEATHER)
    expect(page.locator("pre").first).to_contain_text("--add-mcp")
