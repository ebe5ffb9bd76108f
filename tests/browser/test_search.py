"""Searching as a visitor does: by keyboard, by filter, by address."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from builder.pages import docs_search
from tests.browser.results import address_ends, found, titles

SHIFTS = """() => new Promise((done) => {
  const seen = [];
  const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  const [{ domInteractive: read }] = performance.getEntriesByType("navigation");
  setTimeout(() => done(seen.filter(({ startTime }) => startTime > read).map(({ value, sources }) => `${value} ${sources.map(({ node }) => node?.nodeName)}`)), 200);
})"""
"""What has moved by itself since the page was there as a whole, each as the layout shift that it was."""


def test_enter_searches_what_stands_in_the_box(page: Page) -> None:
    found(page, "?q=alerts")
    box = page.locator("form[data-search] input")
    box.fill("com.example")
    box.press("Enter")  # before any answer: the first card on the screen is still another's
    expect(page.locator("[data-list] .card-name").first).to_contain_text("com.example/")
    address_ends(page, "/search/?q=com.example")
    page.go_back()
    expect(box).to_have_value("alerts")


def test_back_undoes_a_query_however_slowly_it_is_typed(page: Page) -> None:
    found(page, "?q=alerts")
    box = page.locator("form[data-search] input")
    for letters in ("com.ex", "com.example"):
        box.fill(letters)
        page.wait_for_url(f"**/search/?q={letters}")  # what is typed is shown before Enter
    box.press("Enter")
    box.fill("filesystem")
    page.wait_for_url("**/search/?q=filesystem")
    page.go_back()
    expect(box).to_have_value("com.example")
    page.go_back()
    expect(box).to_have_value("alerts")


def test_a_mistyped_word_is_put_right(page: Page) -> None:
    found(page, "?q=waether")
    page.get_by_role("link", name="weather", exact=True).click()
    expect(page.locator("form[data-search] input")).to_have_value("weather")
    expect(page.get_by_text("Did you mean")).to_have_count(0)


def test_what_lacks_a_word_stands_below_a_line(page: Page) -> None:
    assert found(page, "?q=weather+filesystem")[0] == "com.example/weather"
    expect(page.get_by_text("No server has all of this")).to_be_visible()
    found(page, "?q=alice+alerts")
    expect(page.locator(".divider")).to_be_visible()


def test_words_that_say_nothing_are_told_as_such(page: Page) -> None:
    found(page, "?q=the+mcp+server")
    expect(page.get_by_text("Nearly every entry has these words")).to_be_visible()


def test_slash_goes_to_the_box_arrows_choose_and_enter_opens(page: Page) -> None:
    page.goto("namespaces/com.example/")
    page.keyboard.press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    page.keyboard.type("weather")
    options = page.get_by_role("option")
    # What its first letters have found looks alike, and the next letter's list would undo a choice.
    expect(options.last).to_have_attribute("data-href", re.compile(r"\?q=weather$"))
    expect(options.first).to_contain_text("com.example/weather")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/servers/com.example/weather/")


def test_escape_clears_and_a_slash_in_the_box_is_a_slash(page: Page) -> None:
    page.goto("")
    box = page.get_by_role("combobox")
    box.focus()
    page.keyboard.type("com.example/weather")
    expect(page.get_by_role("option").first).to_contain_text("com.example/weather")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_enter_without_a_choice_opens_the_search_page(page: Page) -> None:
    page.goto("")
    page.get_by_role("combobox").fill("weather")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=weather")
    expect(page.locator("[data-count]")).to_have_text("2 servers")


def test_a_name_comes_before_a_mention(page: Page) -> None:
    assert found(page, "?q=weather") == ["com.example/weather", "io.github.alice/alerts"]
    expect(page).to_have_title("weather · Search · Test registry")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("weathers", "com.example/weather"),
        ("alert", "io.github.alice/alerts"),
        ("databases", "io.github.alice/filesystem-mcp-server"),
        ("wea", "com.example/weather"),
        ("waether", "com.example/weather"),
        ("WEATHER_API_KEY", "com.example/weather"),
        ("@example/weather", "com.example/weather"),
        ("file system", "io.github.alice/filesystem-mcp-server"),
        ("filesystem mcp server", "io.github.alice/filesystem-mcp-server"),
        ("com.example/weather", "com.example/weather"),
        ("alice alerts", "io.github.alice/alerts"),
        ("legacyhost.example.com", "com.example/old"),
        ("io.github.alice/alerts", "io.github.alice/alerts"),
        ("https://github.com/alice/alerts", "io.github.alice/alerts"),
    ],
)
def test_many_ways_lead_to_a_server(page: Page, query: str, first: str) -> None:
    from urllib.parse import urlencode

    assert found(page, f"?{urlencode({'q': query})}")[0] == first


def test_a_namespace_finds_all_that_is_in_it(page: Page) -> None:
    inside = {"com.example/weather", "com.example/old", "com.example/odd"}
    assert {*found(page, "?q=com.example")[:3]} == inside


@pytest.mark.parametrize("query", ["zzzzzz", "%F0%9F%A6%8A", "%2F%2F"])
def test_nothing_found_is_said(page: Page, query: str) -> None:
    assert found(page, f"?q={query}") == []
    expect(page.get_by_text("Nothing here has these words")).to_be_visible()
    expect(page.get_by_role("button", name="without filters")).to_have_count(0)
    expect(page.locator("[data-count]")).to_have_text("0 servers")
    expect(page.get_by_role("status")).to_have_text("0 servers")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_while_results_arrive(context: BrowserContext, base: str, width: int) -> None:
    assert context.browser
    own = context.browser.new_context(viewport={"width": width, "height": 844}, base_url=base)
    page = own.new_page()
    slow = {"offline": False, "latency": 60, "downloadThroughput": 1e6, "uploadThroughput": 1e6}
    own.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.goto("search/?q=weather", wait_until="networkidle")
    expect(page.locator("[data-list] .card-name").first).to_be_visible()
    assert page.evaluate(SHIFTS) == []
    page.locator("form[data-search] input").fill("com.example")
    page.wait_for_url("**/search/?q=com.example")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) == []
    own.close()


def test_a_browser_that_is_too_old_browses(context: BrowserContext, base: str) -> None:
    """The scripts ask for what came in 2022; where it lacks, the page is as without scripts."""
    page = context.new_page()
    page.add_init_script(
        "delete Array.prototype.at; delete Object.hasOwn; delete Array.prototype.findLast"
    )
    page.goto("search/?q=weather")
    expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()
    expect(page.locator("[data-results]")).to_be_hidden()
    expect(page.get_by_role("main").get_by_role("link", name="Browse by topic")).to_be_visible()


def test_arrows_walk_through_the_results(page: Page) -> None:
    found(page, "?q=weather")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".card a").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("form[data-search] input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-count]")).to_have_text("127 servers")
    expect(page).not_to_have_url(re.compile("q="))


def test_more_results_are_shown_on_demand(page: Page) -> None:
    assert len(found(page, "")) == 20
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("[data-list] .card")).to_have_count(40)
    address_ends(page, "?page=2")
    page.reload()
    expect(page.locator("[data-list] .card")).to_have_count(40)


def test_a_missing_page_looks_for_what_was_meant(page: Page) -> None:
    page.goto("servers/com.exmple/weather/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    expect(page.locator("[data-missing-results] .card-name").first).to_have_text(
        "com.example/weather"
    )
    page.locator("[data-missing-results] a").first.click()
    page.wait_for_url("**/servers/com.example/weather/")


def test_without_scripts_one_browses(context: BrowserContext, base: str) -> None:
    assert context.browser
    plain = context.browser.new_context(java_script_enabled=False, base_url=base)
    page = plain.new_page()
    page.goto("search/?q=weather")
    expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="by title or date").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("^W ")).click()
    page.get_by_role("link", name="Weather", exact=True).click()
    expect(page.locator("#client-vs-code pre").first).to_be_visible()
    expect(page.get_by_text("The forms of all other clients")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    plain.close()


def test_the_page_itself_has_the_first_list(page: Page) -> None:
    """Before anything is asked nothing of the index that holds servers is fetched."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto("search/", wait_until="networkidle")
    own = titles(page)
    parts = [url for url in asked if "/search/part/" in url]
    assert len(own) == 20
    assert len(parts) <= 3, parts  # head, meaning, and the filters' on a wide screen
    expect(page.locator("[data-count]")).to_have_text("127 servers")
    box = page.locator("form[data-search] input")
    box.fill("weather")
    expect(page.locator("[data-list] .card-name")).to_have_count(2)
    box.fill("")
    expect(page.locator("[data-list] .card-name")).to_have_count(20)
    assert titles(page) == own


def test_the_documentation_is_searched_too(page: Page) -> None:
    sections = [("mirror/", "Mirroring", "Copy another registry."),
                ("mirror/#tokens", "Tokens", "<p>A mirrored registry may want a token.</p>")]  # fmt: skip
    parts = [dict(zip(("location", "title", "text"), one, strict=True)) for one in sections]
    body = docs_search.page("docs", json.dumps({"docs": parts})).body
    page.route("**/docs/search.json", lambda route: route.fulfill(body=body))
    page.goto("search/?q=want+tokens")
    region = page.get_by_role("region", name="In the documentation")
    expect(region.get_by_role("link")).to_have_text(["Mirroring: Tokens"])
    page.locator("form[data-search] input").fill("mirror")
    expect(region.get_by_role("link")).to_have_text(["Mirroring", "Mirroring: Tokens"])
    region.get_by_role("link", name="Mirroring: Tokens").click()
    page.wait_for_url("**/docs/mirror/#tokens")
