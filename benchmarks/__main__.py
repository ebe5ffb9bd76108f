"""make bench: python -m benchmarks [--versions 1000,10000,100000] [--work DIR]

Prints, for each size, what every command takes and its ratio to a floor measured in the same run.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path

import click

from benchmarks import (
    crowd,
    floor,
    forms,
    found,
    generate,
    governed,
    latency,
    lighthouse,
    measure,
    others,
    proofs,
    publishing,
    reading,
    searching,
)
from benchmarks.measure import Measured
from builder.build import source
from builder.git.discovery import discover
from builder.model.layout import Kind, place
from builder.pages.api.servers import catalogue_pages, server_pages
from builder.pages.sync import head

SAMPLE = 200
RECENT = 200
"""Commits among which one is looked for that publishes one version."""
ROOT = Path(__file__).parents[1]
LOG = ("--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames")


@click.command()
@click.option("--versions", default="1000,10000", show_default=True, help="Sizes to measure.")
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=ROOT / ".cache" / "benchmarks",
    help="Where registries are kept and sites built.",
)
def command(versions: str, work: Path) -> None:
    """Measure at every size; each line is a figure, its value, and what it is measured against."""
    work.mkdir(parents=True, exist_ok=True)
    started = [measure.registry("--help").seconds for _ in range(5)]
    click.echo(f"start-up (--help): {sorted(started)[2] * 1000:.0f} ms, aim 150 ms\n")
    click.echo("what search finds, over this repository's servers")
    for line in found.lines():
        click.echo(f"  {line}")
    packed: dict[int, Measured] = {}
    for size in map(int, versions.split(",")):
        repository = work / f"registry-{size}"
        if not repository.is_dir():
            generate.generate(repository, ROOT, size)
        click.echo(f"{size:,} versions")
        packed[size] = _shown(_figures(repository, work / f"site-{size}"))
    for (less, small), (more, large) in pairwise(packed.items()):
        click.echo(f"from {less:,} to {more:,} versions, {_growth(small, large, more / less)}")


def _shown(lines: Generator[str, None, Measured]) -> Measured:
    while True:
        try:
            click.echo(f"  {next(lines)}")
        except StopIteration as end:
            built: Measured = end.value
            return built


def _growth(small: Measured, large: Measured, factor: float) -> str:
    """Say how a clean build grows; linear is the factor itself."""
    return (
        f"{factor:.0f} times as many: {large.processor / small.processor:.1f} times the processor, "
        f"{large.together / small.together:.1f} times the memory"
    )


def _figures(repository: Path, work: Path) -> Generator[str, None, Measured]:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    tar, out = work / "site.tar", work / "site"
    log = measure.run(["git", "-C", repository, "log", *LOG, "main"])
    yield _line("git log alone", log)
    packed = measure.registry("build", "--root", repository, "--archive", tar)
    yield _line("clean build into a tar", packed)
    yield f"  {packed.output.strip()}"
    copied = floor.into_file(tar, work / "copy.tar")
    written = floor.into_folder(tar, work / "floor")
    yield f"floors: the tar copied {copied:.1f} s, its files written {written:.1f} s"
    base: list[str | Path] = ["build", "--root", repository, "--out", out]
    one = _one_version(repository)
    clean = measure.registry(*base, "--rev", f"{one}~2")
    yield _line("clean build into a folder", clean, written)
    for what, rev in (("one commit", f"{one}~1"), ("one new version", one)):
        built = measure.registry(*base, "--rev", rev)
        yield _line(f"incremental build ({what})", built, log.seconds, "git log")
        yield f"  {built.output.strip()}"
    yield _line("nothing to do", measure.registry(*base, "--rev", one))
    yield _line("check of everything", measure.registry("check", "--root", repository))
    change = ("check", "--root", repository, "--base", f"{one}~1", "--head", one)
    yield _line("check of a change", measure.registry(*change))
    yield from forms.figures(repository, work, one)
    yield from reading.figures(repository, work, one, log)
    yield from latency.latency(out)
    yield from crowd.crowd(out)
    yield from searching.lines(searching.built(out))
    yield from lighthouse.lines(out)
    yield from _shares(repository)
    loaded = source.load(discover(repository), "main")
    yield from governed.figures(
        discover(repository), [server.name for server in loaded.catalogue.servers], work
    )
    # The site in `out` is that of `one`.
    yield from proofs.figures(source.load(discover(repository), one), out, work)
    yield from publishing.figures(repository)
    yield from _others(repository, work / "others", packed)
    return packed


def _one_version(repository: Path) -> str:
    """Find the newest commit that publishes exactly one version."""
    opened = discover(repository)
    line = opened.first_parents("main")
    commits = opened.history("main", since=line[min(RECENT, len(line) - 1)])
    publishing = (
        commit.sha
        for commit in reversed(list(commits))
        if [place(change.path).kind for change in commit.changes].count(Kind.ENTRY) == 1
    )
    return next(publishing)


def _line(what: str, one: Measured, base: float = 0.0, of: str = "the floor") -> str:
    ratio = f", {one.seconds / base:.2f} times {of}" if base else ""
    memory = f"{one.largest:,.0f} MiB, together {one.together:,.0f} MiB"
    return f"{what}: {one.seconds:.1f} s{ratio} ({one.processor:.1f} s of processor; {memory})"


def _shares(repository: Path) -> Iterator[str]:
    """The part that is not HTML, in one process."""
    loaded = source.load(discover(repository), "main")
    start = time.perf_counter()
    made = sum(
        1 for row in (catalogue_pages, head.pages) for _ in row(loaded.catalogue, loaded.config)
    )
    for server in loaded.catalogue.servers:
        made += sum(1 for _ in server_pages(server, None, loaded.config))
    yield f"API, list pages, log and snapshot: {time.perf_counter() - start:.1f} s, {made:,} files"


def _others(repository: Path, work: Path, packed: Measured) -> Iterator[str]:
    loaded = source.load(discover(repository), "main")
    servers = loaded.catalogue.servers
    sample = servers[:: max(1, len(servers) // SAMPLE)]
    factor = len(servers) / len(sample)
    for name, make in (("mkdocs-material", others.mkdocs), ("Hugo", others.hugo)):
        built = make(sample, work / name)
        if built is None:
            yield f"{name}: not installed"
            continue
        whole = built.seconds * factor
        yield (
            f"{name}, a page for each server only: {built.seconds:.1f} s for {len(sample)} pages, "
            f"extrapolated {whole:.0f} s, {whole / packed.seconds:.2f} times our whole site"
        )


if __name__ == "__main__":
    command()
