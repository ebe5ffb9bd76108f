"""Reading, the packed form, a builder that stays, and a clone that has just been made.

Run by itself it reads a registry, from git to the checked catalogue: reading.py REPOSITORY
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Measured
from builder.build import source
from builder.build.build import build
from builder.git.discovery import discover
from builder.model.config import Form
from builder.runtime import processes

JOBS = 2


def figures(repository: Path, work: Path, one: str, log: Measured) -> Iterator[str]:
    """Give the lines; `one` is a commit that publishes one version, `log` what git log takes."""
    read = measure.run([sys.executable, "-m", "benchmarks.reading", repository])
    yield _line("read, from git to the checked catalogue", read, log, "git log")
    yield from _packed(repository, work / "packed", one)
    yield from _first_check(repository, work / "clone", one, log)


def watched(repository: Path, out: Path, commits: Sequence[str], form: Form) -> Iterator[str]:
    """Build these commits in one process that stays, as `serve --watch` does; give the last one's line."""
    took = 0.0, 0.0
    with processes.Resident() as builder:
        builder.start(_prepared)
        for commit in commits:
            took = builder.call(partial(_build, repository, out, commit, form))
    yield (
        f"one new version in a process that stays ({form}): "
        f"{took[0]:.2f} s ({took[1]:.2f} s of processor)"
    )


def _packed(repository: Path, out: Path, one: str) -> Iterator[str]:
    base: list[str | Path] = ["build", "--packed", "--root", repository, "--out", out]
    clean = measure.registry(*base, "--rev", f"{one}~3")
    yield _line("clean build, packed", clean)
    yield _line(
        "the next one", measure.registry(*base, "--rev", f"{one}~2"), clean, "the clean one"
    )
    yield from watched(repository, out, (f"{one}~1", one), "packed")


def _first_check(repository: Path, clone: Path, one: str, log: Measured) -> Iterator[str]:
    shutil.rmtree(clone, ignore_errors=True)
    measure.run(["git", "clone", "--quiet", "--bare", "--no-hardlinks", repository, clone])
    change = ("check", "--root", clone, "--base", f"{one}~1", "--head", one)
    for what in ("first", "second"):
        checked = measure.registry(*change)
        yield _line(f"{what} check of a change in a fresh clone", checked, log, "git log")


def _line(what: str, one: Measured, base: Measured | None = None, of: str = "") -> str:
    ratio = f", {one.processor / base.processor:.2f} times {of}" if base and base.processor else ""
    memory = f"{one.largest:,.0f} MiB, together {one.together:,.0f} MiB"
    return f"{what}: {one.processor:.1f} s of processor{ratio} ({one.seconds:.1f} s; {memory})"


def _prepared() -> None:
    """Do nothing: to be asked is enough for the builder to be read."""


def _build(repository: Path, out: Path, commit: str, form: Form) -> tuple[float, float]:
    """Build a commit; return seconds on the clock and of processor."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    build(discover(repository), commit, out, JOBS, form=form)
    return time.perf_counter() - start, sum(os.times()[:4]) - before


if __name__ == "__main__":
    source.load(discover(Path(sys.argv[1])), "main", jobs=JOBS)
