"""The install panel on the page: without a script, for READMEs, and where there is little to install."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

from tests.install.script import completed
from tests.pages import made
from tests.registry import Content, Registry, entry_file

NAME = "com.acme/weather"


def site(root: Path, *commits: dict[str, Content]) -> dict[str, bytes]:
    registry = Registry(root, made.CONFIG)
    for files in commits:
        registry.commit(files)
    source = registry.load()
    return made.site(source.catalogue, source.config)


def page(root: Path, *commits: dict[str, Content], path: str = "") -> str:
    return site(root, *commits)[f"servers/{NAME}/{path}index.html"].decode()


def entry(version: str = "1.0.0", **content: Any) -> dict[str, Content]:
    return entry_file(NAME, version, **content)


def test_optional_settings_are_listed_without_a_script(tmp_path: Path) -> None:
    package = made.npm("weather", environmentVariables=[made.OPTIONAL])
    html = page(tmp_path, entry(packages=[package]))
    listed = html.partition('<fieldset class="switches">')[2].partition("</fieldset>")[0]
    assert "<code>ALERTS_TOKEN</code>" in listed
    assert "For private alerts." in listed
    assert '<input type="checkbox"' in listed
    shown = re.findall(r"<code[^>]*>([^<]+)</code></pre>", html.partition("What it needs")[0])
    assert shown
    assert not any("ALERTS_TOKEN" in text for text in shown)


def test_many_optional_settings_do_not_hide_how_to_install(tmp_path: Path) -> None:
    def panel(count: int) -> str:
        variables = [made.OPTIONAL | {"name": f"OPTION_{number}"} for number in range(count)]
        package = made.npm("weather", environmentVariables=variables)
        html = page(tmp_path / str(count), entry(packages=[package]))
        return html.partition('id="install"')[2].partition('<div class="clients"')[0]

    folded = "<summary>Optional settings, left out below</summary>"
    assert folded not in panel(8)
    assert panel(9).index(folded) < panel(9).index("OPTION_0")


def test_the_page_of_a_placeholder_says_so(tmp_path: Path) -> None:
    template = page(tmp_path / "template", entry(description="Description of my MCP server"))
    assert '<span class="tag">placeholder</span>' in template.partition('id="behind"')[0]
    assert "placeholder</span>" not in page(tmp_path / "real", entry())


def test_a_placeholder_is_named_before_the_button_that_writes_it(tmp_path: Path) -> None:
    package = made.npm("weather", environmentVariables=[made.KEY])
    html = completed(page(tmp_path, entry(packages=[package])))
    tab = html.partition('id="client-lm-studio"')[2].partition("</details>")[0]
    assert tab.index("<code>&lt;WEATHER_API_KEY&gt;</code>") < tab.index("Add to LM Studio")
    vs_code = html.partition('id="client-vs-code"')[2].partition("</details>")[0]
    assert 'class="note gaps"' not in vs_code


def test_a_package_that_nothing_starts_says_why(tmp_path: Path) -> None:
    argument = {"type": "positional", "value": "launch"}
    package = made.npm("weather", runtimeArguments=[argument])
    html = page(tmp_path, entry(packages=[package]))
    panel = html.partition('id="install"')[2].partition("</section>")[0]
    assert "launch would start and not the package" in unescape(panel)
    assert 'class="button' not in panel.replace("Open this entry in VS Code", "")


def test_where_there_is_a_web_site_alone_the_panel_leads_there(tmp_path: Path) -> None:
    html = page(tmp_path, entry(websiteUrl="https://acme.dev/weather", packages=[]))
    panel = html.partition('id="install"')[2].partition("</section>")[0]
    assert 'href="https://acme.dev/weather"' in panel
    assert "Open the web site" in panel


def test_the_readme_kit_is_shown_as_it_will_look(tmp_path: Path) -> None:
    files = site(tmp_path, entry(packages=[made.npm("weather")]))
    html = files[f"servers/{NAME}/index.html"].decode()
    kit = html.partition('id="badge"')[2].partition("</section>")[0]
    pictures = re.findall(r'src="\.\./\.\./\.\./(buttons/[a-z-]+\.svg)"', kit)
    assert pictures[:2] == ["buttons/vs-code.svg", "buttons/cursor.svg"]
    assert all(files[picture].startswith(b"<svg ") for picture in pictures)
    markdown = unescape(kit.partition("<code>")[2].partition("</code>")[0])
    base = "https://registry.example.com/sub"
    assert (
        f"[![Install in VS Code]({base}/buttons/vs-code.svg)](https://vscode.dev/redirect/mcp/install?"
        in markdown
    )
    assert "img.shields.io/endpoint" in markdown
    assert not re.search(r"\((?:vscode|cursor|lmstudio):", markdown)


def test_an_older_version_is_installed_by_the_general_form(tmp_path: Path) -> None:
    old = entry("1.0.0", packages=[made.npm("weather", "1.0.0")])
    new = entry("2.0.0", packages=[made.npm("weather", "2.0.0")])
    html = page(tmp_path, old, new, path="1.0.0/")
    panel = html.partition('id="install"')[2].partition("</section>")[0]
    assert "weather@1.0.0" in panel
    assert "page of the latest version" in panel
    assert "weather@2.0.0" not in html


def test_a_deprecated_server_has_no_loud_button(tmp_path: Path) -> None:
    status: dict[str, Content] = {f"servers/{NAME}/status.yaml": '"1.0.0": {status: deprecated}\n'}
    html = page(tmp_path, entry(packages=[made.npm("weather")]), status)
    assert "Install in VS Code" in html
    assert "button-main" not in html
    assert "button-main" not in page(
        tmp_path / "again", entry(packages=[made.npm("w")]), status, path="1.0.0/"
    )


def test_addresses_of_examples_are_not_clicked(tmp_path: Path) -> None:
    remote = {"type": "streamable-http", "url": "https://mcp.example.com/mcp"}
    html = page(tmp_path, entry(remotes=[remote], websiteUrl="https://www.example.com/"))
    assert "reserved for examples" in html
    assert "mcp/install?" not in html
    assert 'href="https://www.example.com/"' not in html
