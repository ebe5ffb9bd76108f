"""What the page of a server and of a version tells."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape

import pytest

from builder.build.source import Source
from builder.model.config import SitePages
from builder.pages import assets
from tests.install.script import completed
from tests.pages import made
from tests.registry import Registry, entry_file

WEATHER = "servers/com.example/weather"


def text(body: bytes) -> str:
    """What a reader sees: no tags, white space as one blank."""
    whole = body.decode().replace("<wbr>", "").replace("<time>", "").replace("</time>", "")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", whole)).split())


def test_the_page_is_in_the_order_that_serves_the_reader(site: dict[str, bytes]) -> None:
    whole = completed(site[f"{WEATHER}/index.html"].decode()).encode()
    page = text(whole).partition("Skip to content")[2]
    order = [
        "com.example/weather",
        "Forecasts for anywhere on Earth.",
        "Proved by DNS",
        "Who stands behind it Published by example.com",
        "Install",
        "VS Code",
        "npx -y @example/weather@1.1.0",
        "Starts the npm package @example/weather 1.1.0, from the public registry npm",
        "Asks for 1 secret: WEATHER_API_KEY",
        "Your client talks to weather.example.com ; nothing is started",
        "What it needs",
        "variable required secret Your key.",
        "New in 1.1.0 New host: weather.example.com",
        "2 versions, all on ",
        "Changes",
        "Also listed npm",
        "Report this server",
        "versions/latest",
        "img.shields.io",
    ]
    places = [page.find(one) for one in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)


def test_every_client_has_its_way(site: dict[str, bytes]) -> None:
    page = completed(site[f"{WEATHER}/index.html"].decode())
    names = re.findall(r"<summary>([^<]+)</summary>\n<div class=\"client-body\">", page)
    assert {"VS Code", "Cursor", "Claude Code", "Codex", "Gemini CLI", "LM Studio", "Goose"} <= {
        *names
    }
    assert page.count(" hidden>Copy") > len(names)


def test_vs_code_can_open_the_registry_s_own_file(site: dict[str, bytes]) -> None:
    link = "vscode:mcp/registry.example.com/sub/v0.1/servers/com.example/weather/versions"
    assert f'href="{link}/latest"' in site[f"{WEATHER}/index.html"].decode()
    assert f'href="{link}/1.0.0"' in site[f"{WEATHER}/1.0.0/index.html"].decode()


def test_a_version_says_what_it_changed(site: dict[str, bytes]) -> None:
    page = text(site[f"{WEATHER}/index.html"])
    assert "Every field that changed" in page
    assert "packages › npm › version changed 1.0.0 1.1.0" in page
    assert "remotes › streamable-http › url added – https://weather.example.com/mcp" in page
    assert "websiteUrl removed https://weather.example.com/ –" in page
    assert "This is the first version" in text(site[f"{WEATHER}/1.0.0/index.html"])


def test_one_of_a_kind_is_not_called_by_its_plural(registry: Registry) -> None:
    for number in range(11):
        registry.commit(entry_file(version=f"1.{number}.0"))
    loaded = registry.load()
    site = made.site(loaded.catalogue, loaded.config)
    home = text(site["index.html"])
    assert "1 server 11 versions 1 namespace " in home
    assert " 1 older version " in text(site[f"{WEATHER}/index.html"])


def test_an_old_version_leads_to_the_latest(site: dict[str, bytes]) -> None:
    assert "Not the latest version." in text(site[f"{WEATHER}/1.0.0/index.html"])
    leading = site[f"{WEATHER}/1.1.0/index.html"].decode()
    assert 'content="0; url=../#v-1.1.0"' in leading
    assert 'id="v-1.1.0"' in site[f"{WEATHER}/index.html"].decode()


def test_only_the_newest_versions_have_a_page_and_old_addresses_lead_to_the_server(
    registry: Registry,
) -> None:
    for number in range(8):
        registry.commit(entry_file(version=f"1.{number}.0"))
    loaded = registry.load()
    config = loaded.config.model_copy(update={"pages": SitePages(full_versions=3)})
    site = made.site(loaded.catalogue, config)
    pages = [site[f"{WEATHER}/1.{number}.0/index.html"] for number in range(8)]
    assert [b'http-equiv="refresh"' in page for page in pages] == [*[True] * 5, False, False, True]
    page = site[f"{WEATHER}/index.html"].decode()
    assert all(f'<tr id="v-1.{number}.0">' in page for number in range(8))
    assert 'href="../../../v0.1/servers/com.example/weather/versions/1.0.0/index.json"' in page


def test_the_first_panel_needs_no_script_and_the_markdown_has_all(made_source: Source) -> None:
    site = made.site(made_source.catalogue, made_source.config, folded=True)
    page = site[f"{WEATHER}/index.html"].decode()
    names = re.findall(r"<summary>([^<]+)</summary>\n<div class=\"client-body\">", page)
    assert names == ["VS Code"]
    assert "The forms of all other clients" in page
    markdown = site[f"{WEATHER}/index.md"].decode()
    assert all(name in markdown for name in ("Cursor", "Claude Code", "Codex", "Goose", "Zed"))


@pytest.mark.parametrize("path", ["servers/com.example/old"])
def test_deprecation_stands_above_all_with_its_replacement(
    site: dict[str, bytes], path: str
) -> None:
    page = site[f"{path}/index.html"].decode()
    assert text(page.encode()).find("Deprecated. Use com.example/weather instead.") >= 0
    assert page.find("banner-warn") < page.find("<h1>")
    assert 'search/?q=com.example%2Fweather">Look at com.example/weather</a>' in page


@pytest.mark.parametrize("path", ["servers/com.example/gone", "servers/com.example/gone/1.0.0"])
def test_of_a_deleted_version_nothing_but_the_fact_is_shown(
    site: dict[str, bytes], path: str
) -> None:
    page = site[f"{path}/index.html"].decode()
    assert "It stole keys." in page
    assert "Malware with a secret past" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert not [one for one in site if "gone" in one and one.endswith((".md", ".atom"))]
    assert b"com.example/gone" not in site["sitemap.xml"] + site["feeds/new.atom"]


def test_a_namespace_without_living_servers_is_not_linked(registry: Registry) -> None:
    """It has no page; a deleted version of a living server links the namespace's."""
    registry.commit({**entry_file("org.gone/one"), **entry_file(), **entry_file(version="1.1.0")})
    registry.commit(
        {
            "servers/org.gone/one/status.yaml": '"*": {status: deleted}\n',
            f"{WEATHER}/status.yaml": '"1.0.0": {status: deleted}\n',
        }
    )
    loaded = registry.load()
    site = made.site(loaded.catalogue, loaded.config)
    assert "namespaces/org.gone/index.html" not in site
    assert "org.gone" in text(site["servers/org.gone/one/index.html"])
    assert b"namespaces/org.gone/" not in site["servers/org.gone/one/index.html"]
    assert b'namespaces/com.example/"' in site[f"{WEATHER}/1.0.0/index.html"]


def test_a_deleted_version_of_a_living_server_leads_to_the_living_one(registry: Registry) -> None:
    registry.commit({**entry_file(version="1.0.0"), **entry_file(version="1.1.0")})
    status = '"1.0.0": {status: deleted}\n'
    registry.commit({f"{WEATHER}/status.yaml": status})
    loaded = registry.load()
    page = made.site(loaded.catalogue, loaded.config)[f"{WEATHER}/1.0.0/index.html"].decode()
    assert 'href="../../../../servers/com.example/weather/">Go to version 1.1.0</a>' in page


def test_a_title_that_says_nothing_gives_way_to_the_publisher(registry: Registry) -> None:
    registry.commit(
        {
            **entry_file("com.notion/mcp", description="Pages and databases."),
            **entry_file("io.github.alice/server", title="MCP Server", description="Mail."),
        }
    )
    loaded = registry.load()
    site = made.site(loaded.catalogue, loaded.config)
    assert "<h1>notion</h1>" in site["servers/com.notion/mcp/index.html"].decode()
    assert "<h1>alice</h1>" in site["servers/io.github.alice/server/index.html"].decode()
    assert text(site["browse/letter/n/index.html"]).count("notion com.notion/mcp") == 1


def test_home_shows_no_placeholders_and_lists_mark_them(registry: Registry) -> None:
    remotes = [made.REMOTE]
    registry.commit(
        {
            **entry_file("com.example/real", description="Reads mail.", remotes=remotes),
            **entry_file(
                "com.example/thing", description="Description of my MCP server", remotes=remotes
            ),
            **entry_file("com.example/my-test", description="Reads mail.", remotes=remotes),
        }
    )
    loaded = registry.load()
    site = made.site(loaded.catalogue, loaded.config)
    home, newest = text(site["index.html"]), text(site["browse/newest/index.html"])
    assert "com.example/real" in home
    assert "com.example/thing" not in home and "com.example/my-test" not in home
    assert newest.find("com.example/real") < newest.find("my-test test com.example/my-test")
    assert "thing placeholder com.example/thing" in newest


def test_mirrored_servers_say_from_where(site: dict[str, bytes]) -> None:
    page = text(site["servers/io.github.bob/mirrored/index.html"])
    assert "Mirrored from registry.modelcontextprotocol.io" in page
    assert "2023-11-14T20:00:00Z" in site["servers/io.github.bob/mirrored/index.html"].decode()


def test_versions_of_any_spelling_have_a_page_of_their_own(made_source: Source) -> None:
    odd = made_source.catalogue.by_name["com.example/odd"]
    made_paths = made.site(made_source.catalogue, made_source.config)
    found = [
        path
        for path in made_paths
        if re.fullmatch(r"servers/com\.example/odd/[^/]+/index\.html", path)
    ]
    assert len(found) == len(odd.versions) == 4


def test_structured_data_and_previews_describe_the_server(site: dict[str, bytes]) -> None:
    page = site[f"{WEATHER}/index.html"].decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == ["SoftwareApplication", "SoftwareSourceCode"]
    assert data["codeRepository"] == "https://github.com/example/weather"
    assert (data["name"], data["softwareVersion"]) == ("Weather", "1.1.0")
    assert '<meta property="og:title" content="Weather · Test registry">' in page
    assert (
        '<link rel="canonical" href="https://registry.example.com/sub/servers/com.example/weather/">'
        in page
    )


def test_the_engine_of_search_comes_at_once_and_only_when_it_is_asked() -> None:
    every, at_once = set(assets.imported("app.js")), set(assets.imported("finder.js"))
    assert not every & at_once
    finder = dict(assets.files("finder.js"))["finder.js"].decode()
    assert at_once == {"finder.js", *re.findall(r'^import .*"\./(.*)";$', finder, re.MULTILINE)}


def test_pages_are_light(site: dict[str, bytes]) -> None:
    sizes = {path: len(gzip.compress(body)) for path, body in site.items()}
    assert max(size for path, size in sizes.items() if path.endswith(".html")) <= 30_000
    assert (
        sum(size for path, size in sizes.items() if re.fullmatch(r"assets/.*\.css", path)) <= 12_000
    )
    scripts = {name: len(gzip.compress(body)) for name, body in assets.files("")}
    assert sum(scripts[name] for name in assets.imported("app.js")) <= 13_500
    assert sum(scripts[name] for name in assets.imported("finder.js")) <= 19_500
    # A server's page asks for these after it has been shown.
    assert sum(scripts[name] for name in scripts if name.startswith("install/")) <= 16_000


def test_browsing_begins_with_topics_and_their_counts(site: dict[str, bytes]) -> None:
    browse = text(site["browse/index.html"])
    parts = ["By topic", "Weather and environment", "By kind", "By date", "By title"]
    places = [browse.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)
