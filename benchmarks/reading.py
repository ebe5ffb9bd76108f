"""Reading a registry, and the first checks in a clone that has just been made.

Run by itself it reads a registry, from git to the checked catalogue: reading.py REPOSITORY
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Measured
from builder.build import source
from builder.git.discovery import discover

JOBS = 2


def figures(repository: Path, work: Path, one: str, log: Measured) -> Iterator[str]:
    """Give the lines; `one` is a commit that publishes one version, `log` what git log takes."""
    read = measure.run([sys.executable, "-m", "benchmarks.reading", repository])
    yield _line("read, from git to the checked catalogue", read, log)
    clone = work / "clone"
    shutil.rmtree(clone, ignore_errors=True)
    measure.run(["git", "clone", "--quiet", "--bare", "--no-hardlinks", repository, clone])
    change = ("check", "--root", clone, "--base", f"{one}~1", "--head", one)
    for what in ("first", "second", "third"):
        checked = measure.registry(*change)
        yield _line(f"{what} check of a change in a fresh clone", checked, log)


def _line(what: str, one: Measured, log: Measured) -> str:
    memory = f"{one.largest:,.0f} MiB, together {one.together:,.0f} MiB"
    ratio = f", {one.processor / log.processor:.2f} times git log" if log.processor else ""
    return f"{what}: {one.processor:.1f} s of processor{ratio} ({one.seconds:.1f} s; {memory})"


if __name__ == "__main__":
    source.load(discover(Path(sys.argv[1])), "main", jobs=JOBS)
