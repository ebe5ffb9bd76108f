"""How well search finds what was meant: python -m benchmarks.found

Over the queries judged by hand (tests/data/vectors) and the registry that they were judged on:
success at 3, precision at 5, reciprocal rank and nDCG at 10, beside SQLite FTS5 (bm25, porter),
MiniSearch (prefix and fuzzy) and Pagefind on the same texts. A judgement names the right servers, not
all of them: precision is low for everybody. Then what a first search fetches, and how long further ones
take.
"""

from __future__ import annotations

import gzip
import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.engines import FIELDS, MODULES, MOST, Find, Row, engines
from builder.build import source
from builder.catalogue.catalogue import Catalogue
from builder.git.discovery import discover
from builder.pages.address import search_folder
from builder.pages.search import index_pages
from builder.search.engine import search
from builder.search.index import SearchIndex, part
from builder.topics.texts import texts_of

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "tests" / "data" / "vectors"
JUDGED = ("search.json", "search-tasks.json", "search-strangers.json")


def lines(repository: Path = ROOT, modules: Path = MODULES) -> Iterator[str]:
    """Yield a line of figures for each engine, then one of weight and time."""
    loaded = source.load(discover(repository), "HEAD")
    folder = f"{search_folder(loaded.config)}/"
    files = {
        page.path.removeprefix(folder): page.body
        for page in index_pages(loaded.catalogue, loaded.config)
    }
    rows = list(_rows(loaded.catalogue))
    for name in JUDGED:
        judged = json.loads((VECTORS / name).read_text())["queries"]
        queries = [one["query"] for one in judged]
        yield f"{name}, {len(judged)} queries"
        for engine, find in [("ours", _ours(files)), *engines(rows, queries, modules)]:
            yield f"  {engine}: {_figures(judged, find)}"
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


def _rows(catalogue: Catalogue) -> Iterator[Row]:
    for version in catalogue.latest:
        texts = texts_of(version.name, version.content())
        yield (version.name, *(" ".join(texts[field]) for field in FIELDS[1:]))


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
        weights.append(sum(len(gzip.compress(files[path])) for path in read))
    index = SearchIndex(files.__getitem__)
    for query in queries:
        search(index, query)
    start = time.process_time()
    for query in queries:
        search(index, query)
    taken = (time.process_time() - start) * 1000 / len(queries)
    ordered = sorted(weights)
    filters = len(gzip.compress(files[part(index.top["facets"])]))
    whole = sum(len(gzip.compress(body)) for body in files.values())
    yield (
        f"a first search fetches {ordered[len(ordered) // 2] / 1000:.0f} KB, at most {ordered[-1] / 1000:.0f} KB "
        f"(gzip, with 20 results) of {len(files):,} files, {whole / 1000:,.0f} KB, and {filters / 1000:.0f} KB for filters that are seen; "
        f"a further one takes {taken:.1f} ms in Python"
    )


@click.command()
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=ROOT)
@click.option("--modules", type=click.Path(path_type=Path), default=MODULES, help="A node_modules.")
def command(root: Path, modules: Path) -> None:
    """Print the figures for a repository; the judged queries are for this one's servers."""
    for line in lines(root, modules.absolute()):
        click.echo(line)


if __name__ == "__main__":
    command()
