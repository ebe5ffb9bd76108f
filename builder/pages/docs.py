"""The documentation: the Markdown of site/docs, built by mkdocs-material.

Only this is built by it: it costs 18 times what Jinja2 does for a page, and its search could not
carry the catalogue: only the index it makes of the text is taken. The reference pages among the
Markdown are written by `make reference` (builder/docs). The API explorer is a script of the site on
our own openapi.json.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

from markupsafe import escape

from builder.install import Link
from builder.model.config import Config
from builder.model.page import Page
from builder.pages import docs_search
from builder.pages.html import environment
from builder.pages.html.text import clean
from builder.runtime import resources

FOLDER = "docs"
# Of what mkdocs writes: scripts, icon, 404, sitemap and whatever else are the catalogue's.
_KEPT = re.compile(r"(?!404\.).*\.html|docs\.css|assets/stylesheets/main\.[^/]*\.css")
# Code and tables as the catalogue has them: they scroll, also by keyboard, and code can be copied.
# A block's title repeats the heading above it: it is for the test that runs the block.
_CODE = re.compile(
    r'<div class="(language-\w+) highlight">(?:<span class="filename">[^<]*</span>)?'
    r"<pre>(.*?)</pre></div>",
    re.DOTALL,
)
_COPY = '<button class="copy" type="button" data-copy hidden>Copy</button>'
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
# Pages about this registry; those about running one speak of the reader's own.
_FOR_VISITORS = ("consume", "publish")
_EXAMPLE = "https://registry.example.com"


def pages(config: Config) -> Iterator[Page]:
    """Yield every page of the documentation, below docs/, unless the settings leave it out."""
    if not config.documentation:
        return
    with tempfile.TemporaryDirectory() as folder:
        source, site = Path(folder, "source"), Path(folder, "site")
        shutil.copytree(resources.folder("site") / "docs", source)
        for path in chain.from_iterable((source / part).glob("*.md") for part in _FOR_VISITORS):
            path.write_text(_with_own_address(path.read_text("utf-8"), config.base_url), "utf-8")
        settings = (source / "mkdocs.yml").rename(Path(folder, "mkdocs.yml"))
        _build(settings, source, site, config)
        for path in sorted(site.rglob("*")):
            name = path.relative_to(site).as_posix()
            if _KEPT.fullmatch(name):
                yield Page(f"{FOLDER}/{name}", _finished(path))
        yield docs_search.page(FOLDER, (site / "search" / "search_index.json").read_text())


def _with_own_address(text: str, base_url: str) -> str:
    """Write the site's own address in examples, so that they can be copied as they are."""
    base = clean(base_url)
    host = _EXAMPLE.removeprefix("https://")
    address_alone = f"registry {host}`"  # as one client wants it
    return text.replace(
        address_alone, address_alone.replace(host, base.partition("//")[2])
    ).replace(_EXAMPLE, base)


def _build(file: Path, source: Path, site: Path, config: Config) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    settings = load_config(
        str(file),
        site_name=config.title,
        site_url=f"{config.base_url}/{FOLDER}/",
        docs_dir=str(source),
        site_dir=str(site),
    )
    settings.extra |= {"site": _escaped(environment.site(config))}
    ours = resources.folder("site")
    # Last, so that the catalogue's base.html does not stand for the theme's.
    settings.theme.dirs = [str(ours / "docs-theme"), *settings.theme.dirs, str(ours / "templates")]
    build(settings)


def _escaped(site: environment.SiteValues) -> environment.SiteValues:
    # Unlike the catalogue's, mkdocs' templates do not escape what is put into them.
    values: dict[str, Any] = {}
    for field in fields(site):
        value = getattr(site, field.name)
        values[field.name] = (
            tuple(
                Link(href=str(escape(link.href)), label=str(escape(link.label))) for link in value
            )
            if isinstance(value, tuple)
            else str(escape(value))
        )
    return environment.SiteValues(**values)


def _finished(path: Path) -> bytes:
    body = path.read_bytes()
    if path.suffix != ".html":
        return body
    html = _TABLE.sub(r'<div class="table" tabindex="0">\g<0></div>', body.decode())
    html = html.replace("<th></th>", "<td></td>")  # an empty corner heads nothing
    return _CODE.sub(_snippet, html).encode()


def _snippet(code: re.Match[str]) -> str:
    language, text = code.groups()
    copy = "" if language == "language-text" else _COPY
    return f'<div class="{language} highlight snippet"><pre tabindex="0">{text}</pre>{copy}</div>'
