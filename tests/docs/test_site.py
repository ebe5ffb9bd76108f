"""The documentation as it is built: complete, without a dead link, at home in the catalogue."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import click
import html5lib
import pytest
import yaml

from builder import cli, rules
from builder.docs import formats, schemas
from builder.model import config
from builder.model.errors import RegistryError
from builder.pages import docs
from builder.pages.feeds import agents, sitemap
from builder.pages.html import home
from tests.docs.blocks import DOCS
from tests.docs.conftest import Built

XHTML = "{http://www.w3.org/1999/xhtml}"


@lru_cache(maxsize=1)
def html_pages(built: Built) -> dict[str, Element]:
    """Every page of the documentation by the path of its folder."""
    return {
        path.parent.relative_to(built.folder).as_posix() + "/": html5lib.parse(path.read_bytes())
        for path in sorted((built.folder / "docs").rglob("*.html"))
    }


def text(built: Built, page: str) -> str:
    return " ".join(html_pages(built)[f"docs/{page}/"].itertext())


def test_mkdocs_has_nothing_to_warn_of(built: Built) -> None:
    assert built.warnings == ()


def test_every_page_is_in_the_navigation(built: Built) -> None:
    nav = yaml.safe_load((DOCS / "mkdocs.yml").read_text())["nav"]
    listed = set(re.findall(r"[\w/-]+\.md", str(nav)))
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    made = ("rules/", "formats/")  # their tables lead to a page a rule, and a page a file
    assert listed == {
        name for name in written if not name.startswith(made) or name.endswith("/index.md")
    }


def test_every_link_leads_somewhere(built: Built) -> None:
    """Pages, anchors and files of the whole site, also where Markdown has plain HTML."""
    pages = html_pages(built)
    anchors = {page: {node.get("id") for node in tree.iter()} for page, tree in pages.items()}
    dead = {
        (page, link)
        for page, tree in pages.items()
        for link in links(tree)
        if not leads(built.folder, anchors, urlsplit(urljoin(f"https://here/{page}", link)))
    }
    assert not dead


def links(tree: Element) -> Iterator[str]:
    for node in tree.iter():
        for key in ("href", "src", "action", "data-openapi"):
            if node.get(key) and node.get("rel") not in ("canonical", "noopener"):
                yield node.attrib[key]


def leads(folder: Path, anchors: Mapping[str, set[str | None]], target: SplitResult) -> bool:
    if target.netloc != "here":
        return target.scheme == "https"
    path = unquote(target.path).lstrip("/")
    if path in anchors:
        return not target.fragment or target.fragment in anchors[path]
    return (folder / path).is_file() or (folder / path / "index.html").is_file()


@pytest.mark.parametrize("page", sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md") if path.parent.name != "rules"))  # fmt: skip
def test_a_page_has_one_heading_and_a_title_of_its_own(built: Built, page: str) -> None:
    folder = f"docs/{page}/".replace("/index/", "/")
    tree = html_pages(built)[folder]
    assert len(list(tree.iter(f"{XHTML}h1"))) == 1
    assert tree.findtext(f".//{XHTML}title", "").endswith(" · Test registry")


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found
            yield from commands(found, f"{name} {child}")


def test_every_command_and_option_is_documented(built: Built) -> None:
    page = text(built, "commands")
    for name, command in commands(cli.cli, "mcp-registry"):
        if command is not cli.cli:
            assert f"Usage: {name} [OPTIONS]" in page
            for parameter in command.params:
                if isinstance(parameter, click.Option):
                    assert parameter.opts[0] in page


def test_every_exit_code_is_documented(built: Built) -> None:
    table = re.findall(r"\n\s*(\d+)\s*\n", text(built, "commands"))
    errors: list[type[RegistryError]] = [RegistryError, *RegistryError.__subclasses__()]
    raised = {error.exit_code for error in errors}
    assert {int(code) for code in table} == raised | {0, 3, 130}


def test_every_key_of_every_file_is_documented(built: Built) -> None:
    for name, model in schemas.MODELS.items():
        page = html_pages(built)[f"docs/formats/{name}/"]
        keys = {node.text for term in page.iter(f"{XHTML}dt") for node in term.iter(f"{XHTML}code")}
        schema = model.model_json_schema()
        for part in [schema, *schema.get("$defs", {}).values()]:
            assert set(part.get("properties", {})) <= keys


def test_every_key_has_a_type_and_a_meaning() -> None:
    text = "\n".join(markdown for _, markdown in formats.pages())
    rows = re.findall(r"^(`[^`]*`)( .*)\n:   (.*)$", text, re.MULTILINE)
    assert len(rows) > 30
    assert [key for key, kind, meaning in rows if not meaning.strip() or "any" in kind] == []


def test_every_rule_is_documented(built: Built) -> None:
    pages = html_pages(built)
    ids = {node.get("id") for node in pages["docs/rules/"].iter()}
    for rule in rules.RULES:
        assert rule.code in ids  # where reports of older versions lead
        assert rule.summary.replace("`", "") in "".join(
            pages[f"docs/rules/{rule.code}/"].itertext()
        )


def test_examples_for_visitors_have_the_site_s_own_address(built: Built) -> None:
    config = built.config.model_copy(update={"base_url": "https://mcp.example.net/sub"})
    made = {page.path: page.body for page in docs.pages(config)}
    clients = made["docs/consume/clients/index.html"].decode()
    assert "https://mcp.example.net/sub/registry.json" in clients
    assert "registry.example.com" not in clients


def test_the_home_page_leads_into_it(built: Built) -> None:
    (page,) = home.pages(built.registry.load().catalogue, built.config)
    found = {link for link in links(html5lib.parse(page.body)) if link.startswith("./docs/")}
    assert len(found) == 3
    assert all((built.folder / link / "index.html").is_file() for link in found)


def test_settings_leave_it_out(built: Built) -> None:
    text = "title: T\nbase_url: https://example.com\nextension_namespace: com.example\n"
    settings = config.parse(f"{text}documentation: false\n".encode())
    assert list(docs.pages(settings)) == []
    catalogue = built.registry.load().catalogue
    for page in (
        *home.pages(catalogue, settings),
        *agents.catalogue_pages(catalogue, settings),
        *sitemap.pages(catalogue, settings),
    ):
        assert b"docs/" not in page.body, page.path


def test_the_same_bytes_each_time(built: Built) -> None:
    again = {page.path: page.body for page in docs.pages(built.config)}
    assert {path: (built.folder / path).read_bytes() for path in again} == again


def test_a_hostile_title_is_text(built: Built, caplog: pytest.LogCaptureFixture) -> None:
    title = '<script>alert(1)</script>"&'
    caplog.set_level(logging.CRITICAL, "mkdocs")
    hostile = built.config.model_copy(update={"title": title, "description": title})
    for page in docs.pages(hostile):
        if page.path.endswith(".html"):
            assert b"<script>alert" not in page.body, page.path
