"""Pages of servers that ask for very much: still light, and still with the useful things on top."""

from __future__ import annotations

import gzip
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from builder.install import Launch, Need
from builder.pages.html.needs import NEEDS_OPEN, NEEDS_SHOWN, needs
from tests.install.script import completed
from tests.pages import made
from tests.registry import Registry, entry_file


def variables(count: int, **fields: Any) -> list[dict[str, Any]]:
    text = "What this of all the many settings means, {}, in a sentence of its own."
    return [{"name": f"SETTING_{n}", "description": text.format(n), **fields} for n in range(count)]


def page(root: Path, **content: Any) -> str:
    registry = Registry(root, made.CONFIG)
    registry.commit(entry_file("com.example/much", **content))
    source = registry.load()
    site = made.site(source.catalogue, source.config)
    return site["servers/com.example/much/index.html"].decode()


@pytest.mark.parametrize("count", [60, 400, 3000])
def test_many_variables_weigh_little(tmp_path: Path, count: int) -> None:
    package = made.npm("much", environmentVariables=variables(count, isRequired=True))
    html = page(tmp_path, packages=[package])
    assert len(gzip.compress(html.encode())) <= 30_000
    assert html.count("<tr><th scope=") >= min(count, NEEDS_SHOWN)


def test_many_remotes_are_all_named(tmp_path: Path) -> None:
    remotes = [{"type": "sse", "url": f"https://{n}.example.com/sse"} for n in range(30)]
    html = page(tmp_path, remotes=remotes)
    assert len(gzip.compress(html.encode())) <= 30_000
    listed = html.partition('id="needs"')[2]
    assert all(f"<code>{remote['url']}</code>" in listed for remote in remotes)
    assert listed.count("No settings.") == 1
    assert "22 more ways to run it" in html


def test_what_a_client_can_run_stands_open(tmp_path: Path) -> None:
    bundle = {"registryType": "mcpb", "identifier": "https://acme.dev/x.mcpb"}
    packages = [{**bundle, "transport": {"type": "stdio"}}, made.npm("x")]
    html = completed(page(tmp_path, packages=packages))
    panels = re.split(r'<details class="client"', html)[1:]
    opened = {
        re.findall(r"<summary>([^<]+)", panel)[0]: re.findall(
            r'<details class="recipe" open>\n<summary>([^<]+) <small>', panel
        )
        for panel in panels
    }
    assert opened["VS Code"] == opened["Codex"] == ["npm package"]
    assert opened["Claude Desktop"] == ["MCP bundle"]


def test_a_link_that_windows_drops_is_not_offered(tmp_path: Path) -> None:
    html = page(
        tmp_path, packages=[made.npm("much", environmentVariables=variables(20, isRequired=True))]
    )
    assert "No one-click link" in html
    assert "vscode:mcp/install" not in html
    assert "Open this entry in VS Code" in html
    links = re.findall(r'href="([a-z-]+:[^"]+)"', html)
    assert max(len(unescape(link)) for link in links) <= 2046


def launch(number: int, *asked: Need) -> Launch:
    return Launch(
        id=f"package-{number}", kind="package", type="npm", title="npm", target="x", needs=asked
    )


def test_launches_with_the_same_needs_share_a_table() -> None:
    key, other = Need(name="KEY", kind="variable"), Need(name="OTHER", kind="variable")
    found = needs([launch(1, key), launch(2, other), launch(3, key)])
    ids = [[one.id for one in group.launches] for group in found]
    assert ids == [["package-1", "package-3"], ["package-2"]]


def test_what_is_required_stands_before_what_is_folded() -> None:
    optional = [Need(name=f"O{n}", kind="variable") for n in range(15)]
    required = Need(name="KEY", kind="variable", required=True)
    (group,) = needs([launch(1, *optional, required)])
    assert group.needs[0] == required
    assert len(group.needs) == NEEDS_OPEN
    assert group.title == "6 more settings, all optional"
    assert {*group.needs, *group.folded} == {*optional, required}
    (group,) = needs([launch(1, *optional[:NEEDS_OPEN])])
    assert [*group.needs] == optional[:NEEDS_OPEN] and not group.folded
