"""The page of a server in the hands of a visitor: tabs, copying, light and dark."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Browser, Page, ViewportSize, expect

WEATHER = "servers/com.example/weather/"


def copied(page: Page, text: str) -> None:
    """Wait until the clipboard holds a text that begins so."""
    page.wait_for_function(
        "text => navigator.clipboard.readText().then((held) => held.startsWith(text))", arg=text
    )


def test_tabs_are_walked_by_arrows_and_remembered(page: Page) -> None:
    page.goto(WEATHER)
    first = page.get_by_role("tab", name="VS Code", exact=True)
    expect(first).to_have_attribute("aria-selected", "true")
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    cursor = page.get_by_role("tab", name="Cursor")
    expect(cursor).to_be_focused()
    expect(cursor).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Cursor")).to_be_visible()
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    page.keyboard.press("End")
    expect(page.get_by_role("tab").last).to_be_focused()
    page.get_by_role("tab", name="Codex").click()
    page.goto("servers/com.example/old/")
    expect(page.get_by_role("tab", name="Codex")).to_have_attribute("aria-selected", "true")


def test_an_address_may_name_a_client(page: Page) -> None:
    page.goto(f"{WEATHER}#client-cursor")
    expect(page.get_by_role("tab", name="Cursor")).to_have_attribute("aria-selected", "true")
    page.goto(f"{WEATHER}#client-goose")  # on the same page
    expect(page.get_by_role("tab", name="Goose")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(page.get_by_role("tab", name="Cursor")).to_have_attribute("aria-selected", "true")


def test_copying_copies_all_and_says_so(page: Page) -> None:
    page.goto(WEATHER)
    page.get_by_role("tab", name="Claude Code").click()
    panel = page.get_by_role("tabpanel")
    command = panel.locator("pre").first.inner_text()
    panel.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    copied(page, command)
    assert command.startswith("claude mcp add ")
    page.get_by_role("button", name="Copy name").click()
    copied(page, "com.example/weather")


def test_the_scheme_follows_the_system_until_one_is_chosen(page: Page) -> None:
    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.goto(WEATHER)
    light = paper()
    page.emulate_media(color_scheme="dark")
    dark = paper()
    assert light != dark
    page.get_by_role("button", name="Switch between light and dark").click()
    assert paper() == light
    page.goto("")
    assert paper() == light


def test_motion_is_reduced_on_wish(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("")
    duration = page.evaluate("getComputedStyle(document.querySelector('.card')).transitionDuration")
    assert duration == "0s"


def test_the_first_stop_of_the_tab_key_skips_to_the_content(page: Page) -> None:
    page.goto(WEATHER)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_badge_page_fills_in_a_name(page: Page) -> None:
    page.goto("badges/")
    page.get_by_label("Name of the server").fill("com.example/weather")
    expect(page.locator("[data-badge-markdown]")).to_contain_text(
        "/badges/com.example/weather.json"
    )
    expect(page.locator("[data-badge-markdown]")).to_contain_text(
        "(https://registry.example.com/sub/servers/com.example/weather/)"
    )


def test_a_trap_does_not_snap(page: Page) -> None:
    page.on("dialog", lambda dialog: (_ for _ in ()).throw(AssertionError(dialog.message)))
    for path in ("servers/com.hostile/trap/", "servers/com.hostile/trap/1.0.1/", "search/?q=trap"):
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        page.wait_for_load_state("networkidle")
        assert page.locator("main img, main script:not([type])").count() == 0


def test_a_switch_puts_an_optional_setting_into_every_text(page: Page) -> None:
    page.goto("servers/io.github.alice/alerts/")
    page.get_by_role("tab", name="Claude Code").click()
    panel = page.get_by_role("tabpanel")
    command, file = panel.locator("pre").first, panel.locator("pre").last
    expect(page.locator("[data-unswitched]").first).to_be_hidden()
    expect(command).not_to_contain_text("ALERTS_TOKEN")
    before = file.inner_text()
    page.get_by_role("checkbox", name="ALERTS_TOKEN").check()
    expect(command).to_contain_text("--env 'ALERTS_TOKEN=<ALERTS_TOKEN>'")
    server = json.loads(file.inner_text())["mcpServers"]["alice--alerts"]
    assert server["env"] == {"ALERTS_TOKEN": "${ALERTS_TOKEN}"}
    page.get_by_role("tab", name="Cursor").click()
    note = panel.get_by_text("A button leaves out what you have switched on")
    expect(note).to_be_visible()
    page.get_by_role("checkbox", name="ALERTS_TOKEN").uncheck()
    page.get_by_role("tab", name="Claude Code").click()
    expect(command).not_to_contain_text("ALERTS_TOKEN")
    assert file.inner_text() == before


def test_what_is_for_windows_is_open_on_windows(browser: Browser, base: str) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
    with browser.new_context(user_agent=agent, base_url=base) as visitor:
        visitor.add_init_script("delete Navigator.prototype.userAgentData")
        page = visitor.new_page()
        page.goto(f"{WEATHER}#client-claude-code")
        windows = page.get_by_role("tabpanel").locator("[data-windows]")
        expect(windows.locator("pre")).to_contain_text("cmd /c npx -y '@example/weather@")
        page.goto(f"{WEATHER}#client-lm-studio")
        first = page.get_by_role("tabpanel").locator("[data-system]").first
        expect(first).to_contain_text("%USERPROFILE%")


def test_alternatives_come_when_their_place_does(page: Page) -> None:
    requested: list[str] = []
    page.on("request", lambda one: requested.append(one.url))
    page.goto(WEATHER)
    page.wait_for_load_state("networkidle")
    assert not [url for url in requested if "/search/" in url and url.endswith(".json")]
    alternatives = page.get_by_role("region", name="Alternatives")
    alternatives.scroll_into_view_if_needed()
    expect(alternatives.locator(".card").first).to_be_visible()
    expect(alternatives.get_by_text("io.github.alice/alerts")).to_be_visible()
    expect(alternatives.get_by_text("com.example/weather")).to_have_count(0)


def test_on_a_phone_every_page_of_the_menu_can_be_seen(browser: Browser, base: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, base_url=base) as visitor:
        page = visitor.new_page()
        page.goto(WEATHER)
        for name in ("Browse", "Topics", "Namespaces", "Statistics"):
            expect(
                page.get_by_role("navigation", name="Site").get_by_role("link", name=name)
            ).to_be_in_viewport()


def test_below_a_known_namespace_its_servers_come_first(page: Page) -> None:
    page.goto("servers/io.github.alice/weather/")
    first = page.locator("[data-missing-results] .card-name").first
    expect(first).to_contain_text("io.github.alice/")
    expect(
        page.locator("[data-missing-results]").get_by_text("com.example/weather")
    ).to_be_visible()


def test_servers_are_compared_by_their_address(page: Page) -> None:
    page.goto(WEATHER)
    page.get_by_role("link", name="Compare side by side").click()
    expect(page).to_have_url(re.compile(r"/compare/\?server=com\.example%2Fweather"))
    table = page.locator(".compared")
    needs = table.get_by_role("row", name="Secrets")
    expect(needs).to_contain_text("WEATHER_API_KEY")
    days = table.get_by_role("row", name="How alive it is").locator("time")
    expect(days.first).to_have_text(
        re.compile(r"^\d{4}-\d\d-\d\d$")
    )  # on one line, also on a phone
    page.goto("compare/?server=com.example/weather&server=com.example/none")
    expect(table).to_contain_text("No such server here")
    table.get_by_role("link", name="Remove com.example/none").click()
    expect(table.get_by_role("columnheader")).to_have_count(1)
    page.get_by_role("combobox").fill("alerts")
    expect(page.get_by_role("option").first).to_contain_text("io.github.alice/alerts")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"server=com.*&server=io\.github\.alice%2Falerts$"))
    expect(needs).to_contain_text("ALERTS_TOKEN")


PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36"
)


def test_a_phone_shows_a_button_and_folds_the_texts(browser: Browser, base: str) -> None:
    phone: ViewportSize = {"width": 390, "height": 844}
    with browser.new_context(viewport=phone, user_agent=PHONE, base_url=base) as visitor:
        visitor.grant_permissions(["clipboard-read", "clipboard-write"])
        visitor.add_init_script("delete Navigator.prototype.userAgentData")
        page = visitor.new_page()
        page.goto(WEATHER)
        panel = page.get_by_role("tabpanel", name="VS Code")
        expect(page.get_by_role("tab")).to_have_count(0)
        expect(page.get_by_role("combobox", name="Client")).to_have_value("VS Code")
        expect(panel.get_by_role("link", name="Install in VS Code", exact=True)).to_be_visible()
        expect(panel.locator("pre:visible")).to_have_count(0)
        panel.get_by_role("button", name="Copy command", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Copied")
        copied(page, "code --add-mcp ")
        panel.get_by_text("Configuration file").first.click()
        file = panel.locator("pre:visible")
        assert file.evaluate("pre => getComputedStyle(pre).whiteSpace") == "pre"
        page.get_by_role("combobox", name="Client").select_option("Claude Code")
        claude = page.get_by_role("tabpanel", name="Claude Code")
        expect(claude.locator("pre:visible")).to_have_count(1)
        page.reload()
        expect(page.get_by_role("combobox", name="Client")).to_have_value("Claude Code")


def test_what_leads_on_a_phone_is_a_way_to_the_computer(browser: Browser, base: str) -> None:
    with browser.new_context(user_agent=PHONE, base_url=base) as visitor:
        visitor.add_init_script(
            "delete Navigator.prototype.userAgentData;"
            "navigator.canShare = () => true; navigator.share = async (page) => { window.shared = page }"
        )
        page = visitor.new_page()
        page.goto(WEATHER)
        expect(page.locator(".clients .button-main:visible")).to_have_count(0)
        page.get_by_role("button", name="Share this page").click()
        page.wait_for_function("url => window.shared?.url === url", arg=f"{base}{WEATHER}")
        visitor.grant_permissions(["clipboard-read", "clipboard-write"])
        without = visitor.new_page()
        without.add_init_script("navigator.canShare = undefined")
        without.goto(WEATHER)
        without.get_by_role("button", name="Copy the address of this page").click()
        expect(without.get_by_role("status")).to_have_text("Copied")
        copied(without, f"{base}{WEATHER}")
