"""The same pages made by others: a sample of servers, extrapolated to all of them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import measure
from builder.catalogue.server import Server

HUGO = "hugo"
_MKDOCS = """\
site_name: Benchmark
site_url: https://registry.example.com/
theme: {{name: material}}
not_in_nav: |
  /servers/
docs_dir: {docs}
site_dir: {site}
"""
_LAYOUT = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>
"""


def mkdocs(servers: Sequence[Server], folder: Path) -> measure.Measured:
    """Build the servers' pages with mkdocs-material, out of the navigation (its best case)."""
    docs = folder / "docs"
    _write_pages(servers, docs)
    settings = folder / "mkdocs.yml"
    settings.write_text(_MKDOCS.format(docs=docs, site=folder / "site"))
    return measure.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", settings])


def hugo(servers: Sequence[Server], folder: Path) -> measure.Measured | None:
    """Build the servers' pages with Hugo and a layout of two lines; None if it is not installed."""
    if shutil.which(HUGO) is None:
        return None
    _write_pages(servers, folder / "content")
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    for name in ("single.html", "list.html"):
        (layouts / name).write_text(_LAYOUT)
    settings = 'baseURL = "https://registry.example.com/"\ndisableKinds = ["taxonomy", "term"]\n'
    (folder / "config.toml").write_text(settings)
    return measure.run([HUGO, "--quiet", "--source", folder])


def _write_pages(servers: Sequence[Server], folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "index.md").write_text("# Servers\n")
    for server in servers:
        path = folder / "servers" / f"{server.name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page(server))


def _page(server: Server) -> str:
    """A page with what ours has as text: description, versions, and the document."""
    content = server.versions[0].content()
    versions = "".join(f"- {version.version}\n" for version in server.versions)
    document = json.dumps(content, indent=2, ensure_ascii=False)
    return (
        f"---\ntitle: {json.dumps(server.name)}\n---\n\n{content.get('description', '')}\n\n"
        f"## Versions\n\n{versions}\n## JSON\n\n```json\n{document}\n```\n"
    )
