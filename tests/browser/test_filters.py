"""Filters and the order of search results, as a visitor sets them."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.results import address_ends, found, titles


def test_filters_that_can_change_nothing_are_not_offered(page: Page) -> None:
    for query in ("?status=deprecated", "?q=weather&type=npm", "?where=remote"):
        found(page, query)
        offered = page.locator("[data-facets] label:has(input:enabled:not(:checked)) small")
        expect(offered.first).to_be_visible()  # filters come after the results
        counts = offered.all_text_contents()
        assert counts and "0" not in counts, query
    found(page, "?q=weather")
    expect(page.locator("[data-facets] label").first).to_be_visible()
    expect(page.get_by_role("group", name="Package")).to_have_count(0)  # all have npm


def test_filters_count_narrow_and_stand_in_the_address(page: Page) -> None:
    page.goto("search/")
    count = page.locator("[data-count]")
    expect(count).to_have_text("127 servers")
    npm = page.get_by_role("checkbox", name="npm")
    expect(page.locator("label", has=npm).locator("small")).to_have_text("5")
    npm.check()
    expect(count).to_have_text("5 servers")
    page.get_by_role("checkbox", name="Needs secrets").check()
    address_ends(page, "?type=npm&secrets=some")
    expect(count).to_have_text("3 servers")
    assert {*titles(page)} == {"com.hostile/trap", "com.example/weather", "io.github.alice/alerts"}
    page.get_by_role("button", name="Remove filter npm").click()
    expect(page.get_by_role("button", name="Remove filter npm")).to_have_count(0)
    address_ends(page, "?secrets=some")
    page.reload()
    expect(page.get_by_role("checkbox", name="Needs secrets")).to_be_checked()


def test_filters_are_fetched_where_they_are_seen(context: BrowserContext, base: str) -> None:
    assert context.browser
    phone = context.browser.new_context(viewport={"width": 390, "height": 844}, base_url=base)
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    with page.expect_response("**/search/index.json") as index:
        found(page, "?q=weather")
    file = index.value.json()["facets"]
    page.wait_for_load_state("networkidle")
    assert titles(page) and not [url for url in asked if file in url]
    page.get_by_text("Filters", exact=True).click()
    expect(page.get_by_role("checkbox", name="Remote")).to_be_visible()
    phone.close()


def test_back_undoes_a_filter_and_keeps_the_words(page: Page) -> None:
    page.goto("search/?q=com.example")
    page.get_by_role("checkbox", name="npm").check()
    page.get_by_role("checkbox", name="Remote").check()
    page.wait_for_url("**?q=com.example&type=npm&where=remote")
    page.go_back()
    expect(page.get_by_role("checkbox", name="Remote")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="npm")).to_be_checked()
    address_ends(page, "?q=com.example&type=npm")


def test_filters_that_leave_nothing_can_all_be_removed(page: Page) -> None:
    assert found(page, "?q=weather&type=oci") == []
    page.get_by_role("button", name="without filters").click()
    expect(page.locator("[data-count]")).to_have_text("2 servers")
    address_ends(page, "?q=weather")


def test_counts_of_a_group_ignore_the_group_s_own_filter(page: Page) -> None:
    page.goto("search/?where=local")
    remote = page.get_by_role("checkbox", name="Remote")
    expect(page.locator("label", has=remote).locator("small")).to_have_text("123")
    remote.check()
    expect(page.locator("[data-count]")).to_have_text("126 servers")


def test_the_order_can_be_chosen(page: Page) -> None:
    page.goto("search/?q=weather")
    page.get_by_label("Sort by").select_option("name")
    page.wait_for_url("**sort=name**")
    expect(page.locator("[data-list] .card-name").first).to_have_text("io.github.alice/alerts")
    assert titles(page) == ["io.github.alice/alerts", "com.example/weather"]
    assert found(page, "?sort=newest")[0] == "com.hostile/trap"


def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(page: Page) -> None:
    assert len(found(page, "?q=weather&sort=upside-down&page=-3")) == 2
    expect(page.get_by_label("Sort by")).to_have_value("relevance")
