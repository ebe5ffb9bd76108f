"""What keeping a copy costs, beside the official API's way: python -m benchmarks.sync

Bytes are those on the way, compressed with gzip on both sides. The official way is walking the
list in pages of 100 (deleted versions included), and asking with `updated_since`.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import click
import httpx

from benchmarks.generate import SETTINGS, generate
from builder.build import source
from builder.cache.memo import Memo
from builder.catalogue import pagination
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.change_log import Log
from builder.catalogue.server import ChangeKind, Event, Version
from builder.git import working_tree
from builder.git.discovery import discover
from builder.git.working_tree import create
from builder.mirror import apply as mirror
from builder.mirror.dump import read_dump
from builder.mirror.intake import Intake
from builder.model.config import Config
from builder.model.page import Page
from builder.net.exchange import MEBIBYTE
from builder.net.retry import ONCE
from builder.pages.api import service_index
from builder.pages.api.servers import list_body
from builder.pages.sync import changes as change_pages
from builder.pages.sync import head, index, lists
from builder.pull.change_log import LoggedChange
from builder.pull.item import Item
from builder.pull.position import Position
from builder.pull.registry import Registry
from builder.pull.sync import sync

URL = "https://registry.example.com"
PAGE = 100
COMMITS = 20
Cost = tuple[int, int]  # requests, bytes


@dataclass(slots=True)
class _Copy:
    """A Store that only counts what comes in: what is measured is the way to it."""

    position: Position = field(default_factory=Position)
    received: int = 0

    def start(self, items: Iterable[Item], position: Position) -> None:
        self.received += sum(1 for _ in items)
        self.position = position

    def apply(self, changes: Sequence[LoggedChange], position: Position) -> None:
        self.received += len(changes)
        self.position = position


def pull(files: Mapping[str, bytes], position: Position) -> Cost:
    """What it costs to bring a copy from a position to the head of a site."""

    def handle(request: httpx.Request) -> httpx.Response:
        body = files[request.url.path]
        etag = {"ETag": f'"{index.sha256(body)}"'}
        if request.headers.get("If-None-Match") == etag["ETag"]:
            return httpx.Response(304, headers=etag)
        if "gzip" in request.headers["Accept-Encoding"]:
            body, etag = gzip.compress(body), {**etag, "Content-Encoding": "gzip"}
        return httpx.Response(200, headers=etag, stream=httpx.ByteStream(body))

    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        registry = Registry(client, URL, ONCE)
        sync(registry, _Copy(position))
    return registry.requests, registry.bytes


def walk(items: Sequence[bytes]) -> Cost:
    """What it costs to be given these items in pages of 100, one page at least."""
    pages = [items[start : start + PAGE] for start in range(0, max(len(items), 1), PAGE)]
    return len(pages), sum(len(gzip.compress(list_body(page, "c" * 40))) for page in pages)


def costs(catalogue: Catalogue, config: Config) -> Iterator[tuple[str, Cost, Cost]]:
    """Each case: what it is, its cost here, its cost the official way."""
    pages: list[Page] = [
        *head.pages(catalogue, config),
        next(service_index.pages(catalogue, config)),
    ]
    files = {f"/{page.path}": page.body for page in pages}
    events = catalogue.events
    every = [version.item(config.extension_namespace) for version in catalogue.versions()]
    yield "first copy", pull(files, Position()), walk(every)
    for behind in (0, 1, 10, 1000):
        if behind >= len(events):
            continue
        newest = change_pages.item(events[-1 - behind], config.extension_namespace)
        etag = index.sha256(files[f"/{pages[-2].path}"])
        position = Position(
            URL,
            len(events) - behind,
            index.sha256(newest),
            "" if behind else f'"{etag}"',
            f"{URL}/{pages[-2].path}",
        )
        changed = {event.version.key: event.version for event in events[len(events) - behind :]}
        official = walk([version.item(config.extension_namespace) for version in changed.values()])
        yield f"{behind:,} changes", pull(files, position), official


def rewritten(events: Sequence[Event]) -> Iterator[tuple[int, int, int, int]]:
    """For each of the last commits: versions changed, pages rewritten here, by position, in all."""
    starts = [next(group).sequence for _, group in groupby(events, key=lambda event: event.time)]
    before: tuple[dict[str, bytes], dict[str, bytes]] | None = None
    bounds = [*(start - 1 for start in starts[-COMMITS:]), len(events)]
    for previous, bound in zip([0, *bounds], bounds, strict=False):
        after = _pages(Log(events[:bound]))
        if before is not None:
            ours, theirs = (_changed(*pair) for pair in zip(before, after, strict=True))
            yield bound - previous, ours, theirs, len(after[1])
        before = after


def _pages(events: Log) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The pages of the list of every version: cut by history, and cut by position."""
    held: dict[tuple[str, str], Version] = {}
    for event in events:
        if event.kind is ChangeKind.REMOVED:
            del held[event.version.key]
        else:
            held[event.version.key] = event.version
    cuts, hashes = pagination.every(events, Memo()), dict.fromkeys((name for name, _ in held), "")
    listing = lists.Listing(
        folder="all",
        letter="a",
        extension="x",
        text=":".join,
        pages=cuts,
        version=lambda key: held.get((key[0], key[1])),
        inputs={cut.number: lists.page_inputs("a", cut, hashes) for cut in cuts},
    )
    return _bodies(lists.pages(listing, Memo())), by_position(listing)


def by_position(listing: lists.Listing) -> dict[str, bytes]:
    """Pages of 100 counted from the first item, as a live API gives them."""
    items = [item for cut in listing.pages for item in lists.page_items(listing, cut)]
    starts = range(0, len(items), PAGE)
    return {str(start): list_body(items[start : start + PAGE]) for start in starts}


def _bodies(pages: Iterable[Page]) -> dict[str, bytes]:
    return {page.path: page.body for page in pages if "index" not in page.path}


def _changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> int:
    return len(dict(after.items() - before.items()))


def real_step(dumps: Sequence[Path]) -> Iterator[str]:
    """What two dumps of the official registry, committed one after the other, leave of the pages."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "registry.yaml").write_text(SETTINGS)
        repository = create(root, "Settings")
        sites = []
        for dump in dumps:
            items = read_dump(dump, 64 * MEBIBYTE)
            mirror.apply(root, URL, items, Intake(), complete=True)
            working_tree.commit(repository, f"Mirror {dump.name}", "servers")
            loaded = source.load(repository)
            every, latest = lists.listings(loaded.catalogue, loaded.config)
            sites.append(
                [
                    shape
                    for listing in (every, latest)
                    for shape in (
                        _bodies(lists.pages(listing, Memo())),
                        by_position(listing),
                    )
                ]
            )
        names = ("every version", "every version, by position", "latest", "latest, by position")
        for name, before, after in zip(names, *sites, strict=True):
            kept = len(before.items() & after.items())
            yield f"{name}: {kept} of {len(before)} pages kept their bytes"


@click.command()
@click.option("--versions", multiple=True, type=int, default=(1000, 10_000), show_default=True)
@click.option("--dump", "dumps", multiple=True, type=click.Path(path_type=Path, exists=True))
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=".", help="Model.")
def command(versions: tuple[int, ...], dumps: tuple[Path, ...], root: Path) -> None:
    """Measure on generated registries; with --dump twice also the step between two real dumps."""
    for line in real_step(dumps) if dumps else ():
        click.echo(line)
    for size in versions:
        with tempfile.TemporaryDirectory() as folder:
            generate(Path(folder, "registry"), root, size)
            loaded = source.load(discover(Path(folder, "registry")))
        catalogue = loaded.catalogue
        start = time.perf_counter()
        count = sum(1 for _ in head.pages(catalogue, loaded.config))
        click.echo(f"\n{size:,} versions, {len(catalogue.events):,} events:", nl=False)
        click.echo(f" {count:,} files in {time.perf_counter() - start:.1f} s")
        click.echo(f"{'':16}{'here':>22}{'official way':>22}   ratio of bytes")
        for name, ours, theirs in costs(catalogue, loaded.config):
            cells = (f"{requests:,} req {size:>11,} B" for requests, size in (ours, theirs))
            ratio = theirs[1] / max(ours[1], 1)
            click.echo(f"{name:16}" + "".join(f"{cell:>22}" for cell in cells) + f"{ratio:10.2f}x")
        _show_rewritten(list(rewritten(catalogue.events)))


def _show_rewritten(rows: Sequence[tuple[int, int, int, int]]) -> None:
    changed, ours, theirs, pages = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    click.echo(
        f"last {len(rows)} commits, {changed:.1f} changes each: "
        f"{ours:.1f} pages rewritten, {theirs:.1f} if cut by position, of {pages:.0f}"
    )


if __name__ == "__main__":
    command()
