"""How well search finds what was meant: python -m benchmarks.found

Over the queries judged by hand (tests/data/vectors/search.json) and the registry that they were judged
on: success at 3, precision at 5, reciprocal rank and nDCG at 10, beside SQLite FTS5 (bm25, porter) and
MiniSearch (npm, prefix and fuzzy) on the same texts. A judgement names the right servers, not all of
them: precision is low for everybody. Then what a first search fetches, and how long further ones take.
"""

from __future__ import annotations

import gzip
import json
import math
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from builder.build import source
from builder.catalogue.catalogue import Catalogue
from builder.git.repository import discover
from builder.pages.address import search_folder
from builder.pages.search import index_pages
from builder.search.engine import search
from builder.search.index import SearchIndex
from builder.topics.texts import texts_of

ROOT = Path(__file__).parents[1]
JUDGED = ROOT / "tests" / "data" / "vectors" / "search.json"
FIELDS = ("name", "title", "description", "package", "address")
MOST = 10

Find = Callable[[str], Sequence[str]]


def lines(repository: Path = ROOT) -> Iterator[str]:
    """Yield a line of figures for each engine, then one of weight and time."""
    loaded = source.load(discover(repository), "HEAD")
    folder = f"{search_folder(loaded.config)}/"
    files = {
        page.path.removeprefix(folder): page.body
        for page in index_pages(loaded.catalogue, loaded.config)
    }
    judged = json.loads(JUDGED.read_text())["queries"]
    queries = [one["query"] for one in judged]
    rows = list(_rows(loaded.catalogue))
    engines: dict[str, Find] = {"ours": _ours(files), "SQLite FTS5": _fts5(rows)}
    if (ROOT / "node_modules" / "minisearch").is_dir():
        found = _minisearch(rows, queries)
        engines["MiniSearch"] = found.__getitem__
    for name, find in engines.items():
        yield f"{name}: {_figures(judged, find)}"
    yield from _cost(files, queries)


def _figures(judged: Sequence[dict[str, object]], find: Find) -> str:
    sums = [0.0] * 4
    for one in judged:
        accepted = set(one["accept"])  # type: ignore[call-overload]
        hits = [name in accepted for name in find(str(one["query"]))[:MOST]]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(MOST, len(accepted))))
        gain = sum(hit / math.log2(place + 2) for place, hit in enumerate(hits))
        first = hits.index(True) + 1 if True in hits else 0
        values = (any(hits[:3]), sum(hits[:5]) / 5, 1 / first if first else 0, gain / ideal)
        sums = [total + value for total, value in zip(sums, values, strict=True)]
    success, precision, reciprocal, ndcg = (total / len(judged) for total in sums)
    return (
        f"success at 3 {success:.0%}, precision at 5 {precision:.2f}, "
        f"reciprocal rank {reciprocal:.2f}, nDCG at 10 {ndcg:.2f}"
    )


def _ours(files: dict[str, bytes]) -> Find:
    index = SearchIndex(files.__getitem__)
    return lambda query: [index.row(server)[0] for server in search(index, query).servers[:MOST]]


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for version in catalogue.latest:
        texts = texts_of(version.name, version.content())
        yield (version.name, *(" ".join(texts[field]) for field in FIELDS[1:]))


def _fts5(rows: Sequence[tuple[str, ...]]) -> Find:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE s USING fts5({', '.join(FIELDS)}, tokenize = 'porter')")
    database.executemany(f"INSERT INTO s VALUES ({', '.join('?' * len(FIELDS))})", rows)

    def find(query: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in query.replace('"', " ").split())
        sql = "SELECT name FROM s WHERE s MATCH ? ORDER BY bm25(s, 10, 8, 5, 4, 4) LIMIT ?"
        return [name for (name,) in database.execute(sql, (asked, MOST))]

    return find


def _minisearch(rows: Sequence[tuple[str, ...]], queries: Sequence[str]) -> dict[str, list[str]]:
    program = """
      import MiniSearch from "minisearch";
      import { text } from "node:stream/consumers";
      const { fields, rows, queries } = JSON.parse(await text(process.stdin));
      const index = new MiniSearch({ fields, storeFields: ["name"] });
      index.addAll(rows.map((row, id) => ({ id, ...Object.fromEntries(fields.map((field, at) => [field, row[at]])) })));
      const options = { prefix: true, fuzzy: 0.2, boost: { name: 4, title: 3, description: 2 } };
      console.log(JSON.stringify(queries.map((query) => index.search(query, options).slice(0, 10).map(({ name }) => name))));
    """
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", program],
        input=json.dumps({"fields": FIELDS, "rows": rows, "queries": queries}),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return dict(zip(queries, json.loads(done.stdout), strict=True))


def _cost(files: dict[str, bytes], queries: Sequence[str]) -> Iterator[str]:
    """Measure what a first search fetches, with its results, and how long a known index takes."""
    weights, read = [], set[str]()

    def fetch(path: str) -> bytes:
        read.add(path)
        return files[path]

    for query in queries:
        read.clear()
        index = SearchIndex(fetch)
        search(index, query)
        index.file(index.top["facets"])
        weights.append(sum(len(gzip.compress(files[path])) for path in read))
    index = SearchIndex(files.__getitem__)
    for query in queries:
        search(index, query)
    start = time.perf_counter()
    for query in queries:
        search(index, query)
    taken = (time.perf_counter() - start) * 1000 / len(queries)
    ordered = sorted(weights)
    whole = sum(len(gzip.compress(body)) for body in files.values())
    yield (
        f"a first search fetches {ordered[len(ordered) // 2] / 1000:.0f} KB, at most {ordered[-1] / 1000:.0f} KB "
        f"(gzip, with 20 results and filters) of {len(files):,} files, {whole / 1000:,.0f} KB; "
        f"a further one takes {taken:.1f} ms in Python"
    )


@click.command()
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=ROOT)
def command(root: Path) -> None:
    """Print the figures for a repository; the judged queries are for this one's servers."""
    for line in lines(root):
        click.echo(line)


if __name__ == "__main__":
    command()
