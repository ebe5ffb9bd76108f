"""Other people's search engines over the same texts: what each finds for a query, best first.

SQLite FTS5 (bm25, porter) comes with Python; MiniSearch (prefix, fuzzy) and Pagefind are of package.json
and left out where they are not installed.
"""

from __future__ import annotations

import html
import json
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
PAGEFIND = Path("@pagefind") / "linux-x64" / "bin" / "pagefind_extended"
FIELDS = ("name", "title", "description", "package", "address")
MOST = 10

Row = tuple[str, ...]
Find = Callable[[str], Sequence[str]]

_MINISEARCH = """
  import MiniSearch from "minisearch";
  import { text } from "node:stream/consumers";
  const { fields, rows, queries } = JSON.parse(await text(process.stdin));
  const index = new MiniSearch({ fields, storeFields: ["name"] });
  index.addAll(rows.map((row, id) => ({ id, ...Object.fromEntries(fields.map((field, at) => [field, row[at]])) })));
  const options = { prefix: true, fuzzy: 0.2, boost: { name: 4, title: 3, description: 2 } };
  console.log(JSON.stringify(queries.map((query) => index.search(query, options).slice(0, 10).map(({ name }) => name))));
"""
# Pagefind's own script expects a page: its address, the page's language, and files to fetch.
_PAGEFIND = """
  import { copyFile, readFile } from "node:fs/promises";
  import { text } from "node:stream/consumers";
  const { index: folder, queries } = JSON.parse(await text(process.stdin));
  globalThis.location = { origin: "http://site", href: "http://site/" };
  globalThis.window = { location };
  globalThis.document = { querySelector: () => ({ getAttribute: () => "en" }), currentScript: null };
  globalThis.fetch = async (url) => new Response(await readFile(folder + String(url).replace(/^(http:..site)?.pagefind/, "").split("?")[0]));
  await copyFile(`${folder}/pagefind.js`, `${folder}/pagefind.mjs`);
  const pagefind = await import(`${folder}/pagefind.mjs`);
  await pagefind.options({ basePath: "http://site/pagefind/" });
  const found = [];
  for (const query of queries) {
    const { results } = await pagefind.search(query);
    found.push(await Promise.all(results.slice(0, 10).map(async (one) => (await one.data()).url)));
  }
  console.log(JSON.stringify(found));
"""


def engines(
    rows: Sequence[Row], queries: Sequence[str], modules: Path = MODULES
) -> Iterator[tuple[str, Find]]:
    """Yield each engine that is installed; the ones in JavaScript answer these queries only."""
    yield "SQLite FTS5", _fts5(rows)
    if (modules / "minisearch").is_dir():
        answers = _minisearch(rows, queries, modules)
        yield "MiniSearch", dict(zip(queries, answers, strict=True)).__getitem__
    if (modules / PAGEFIND).is_file():
        answers = _pagefind(rows, queries, modules / PAGEFIND)
        yield "Pagefind 1.6", dict(zip(queries, answers, strict=True)).__getitem__


def _fts5(rows: Sequence[Row]) -> Find:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE s USING fts5({', '.join(FIELDS)}, tokenize = 'porter')")
    database.executemany(f"INSERT INTO s VALUES ({', '.join('?' * len(FIELDS))})", rows)

    def find(query: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in query.replace('"', " ").split())
        sql = "SELECT name FROM s WHERE s MATCH ? ORDER BY bm25(s, 10, 8, 5, 4, 4) LIMIT ?"
        return [name for (name,) in database.execute(sql, (asked, MOST))]

    return find


def _minisearch(rows: Sequence[Row], queries: Sequence[str], modules: Path) -> list[list[str]]:
    return _answers(_MINISEARCH, modules.parent, fields=FIELDS, rows=rows, queries=queries)


def _pagefind(rows: Sequence[Row], queries: Sequence[str], program: Path) -> list[list[str]]:
    """A page for each server, its name and title as the heading, as Pagefind is meant to be used."""
    with tempfile.TemporaryDirectory() as work:
        site, folder = Path(work) / "site", Path(work) / "index"
        site.mkdir()
        for number, row in enumerate(rows):
            name, title, *others = map(html.escape, row)
            body = f"<h1>{name} {title}</h1>{''.join(f'<p>{text}</p>' for text in others)}"
            page = f"<!doctype html><html lang=en><body data-pagefind-body>{body}</body></html>"
            (site / f"{number}.html").write_text(page)
        command = [str(program), "--site", str(site), "--output-path", str(folder), "--silent"]
        subprocess.run(command, check=True, capture_output=True)
        found = _answers(_PAGEFIND, Path(work), index=str(folder), queries=queries)
    return [[rows[int(url.strip("/").removesuffix(".html"))][0] for url in urls] for urls in found]


def _answers(program: str, folder: Path, **given: object) -> list[list[str]]:
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    answers: list[list[str]] = json.loads(done.stdout)
    return answers
