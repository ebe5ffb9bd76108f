"""The forms of a site for hosts with limits: lean files in one tar, and packs.

Of both: what a clean build takes, files and bytes; of the packed one also the next build, alone
and in a process that stays, and how many files it sends.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import orjson

from benchmarks import branch, floor, generate, measure
from benchmarks.measure import Measured
from builder.build.watch import build_staying
from builder.git.discovery import discover
from builder.git.repository import Repository
from builder.model.config import Form
from builder.model.layout import CONFIG, Kind, place
from builder.runtime import processes

JOBS = 2
LEAN, LEAN_NEXT = "lean", "lean-next"
"""The branch with lean pages, and the same with one new version."""


def figures(repository: Path, work: Path, one: str) -> Iterator[str]:
    """Yield the lines; the commit `one` publishes one version. Aims are those at 100,000 versions."""
    yield from _lean(repository, work)
    yield from _packed(repository, work / "packed", "packed", (f"{one}~3", f"{one}~1", one))
    lean_next = _lean_next(discover(repository), one)
    yield from _packed(repository, work / "packed-lean", "packed and lean", (LEAN, lean_next))


def _lean(repository: Path, work: Path) -> Iterator[str]:
    settings = {CONFIG: f"{generate.SETTINGS}pages: {{lean: true}}\n"}
    branch.put(discover(repository), LEAN, settings)
    tar = work / "lean.tar"
    clean = measure.registry("build", "--root", repository, "--rev", LEAN, "--archive", tar)
    copied = floor.into_file(tar, work / "copy.tar")
    with tarfile.open(tar) as archive:
        sizes = [member.size for member in archive]
    yield (
        f"clean build, lean, into a tar: {_took(clean)}, aims 45 s and 800 MiB; the tar copied {copied:.1f} s; "
        f"{len(sizes):,} files, aim 200,000; {sum(sizes) / 1e6:,.0f} MB, aim 900 MB"
    )
    tar.unlink()


def _lean_next(repository: Repository, one: str) -> str:
    """Put one more version of the server that the commit `one` is about on the branch with lean pages."""
    changed = (change.path for change in repository.changes(f"{one}~1", one))
    path = next(path for path in changed if place(path).kind is Kind.ENTRY)
    entry = orjson.loads(repository.blob(one, path) or b"") | {"version": "9.9.9"}
    files = {f"{path.rpartition('/')[0]}/9.9.9.json": orjson.dumps(entry).decode()}
    branch.put(repository, LEAN_NEXT, files, LEAN)
    return LEAN_NEXT


def _packed(repository: Path, out: Path, what: str, revs: Sequence[str]) -> Iterator[str]:
    """Build the first of some commits from nothing and go on to the others, the last of which publishes one version."""
    base: list[str | Path] = ["build", "--root", repository, "--packed", "--out", out]
    first, *between, last = revs
    clean = measure.registry(*base, "--rev", first)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    before = _digests(out)
    yield (
        f"clean build, {what}: {_took(clean)}, aims 40 s and 800 MiB; {len(before):,} files, aim 5,000; "
        f"{size / 1e6:,.0f} MB, aim 500 MB"
    )
    for rev in between:
        yield f"the next build, of one commit: {_took(measure.registry(*base, '--rev', rev))}"
    before = _digests(out)
    following = measure.registry(*base, "--rev", last)
    sent = sum(before.get(path) != digest for path, digest in _digests(out).items())
    yield (
        f"the next build, of one new version: {_took(following)}, aims 1.0 s and 250 MiB; "
        f"sends {sent} files, aim 30"
    )
    yield from watched(repository, out, revs, "packed")
    shutil.rmtree(out)


def watched(repository: Path, out: Path, commits: Sequence[str], form: Form) -> Iterator[str]:
    """Build these commits in one process that stays, as `serve --watch` does; give the last one's line."""
    took = 0.0, 0.0
    with processes.Resident() as builder:
        builder.start(_prepared)
        for commit in commits:
            took = builder.call(partial(_build, repository, out, commit, form))
    yield (
        f"one new version in a process that stays ({form}): "
        f"{took[0]:.2f} s ({took[1]:.2f} s of processor), aim 0.2 s"
    )


def _took(one: Measured) -> str:
    return f"{one.seconds:.1f} s ({one.processor:.1f} s of processor; {one.largest:,.0f} MiB)"


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _prepared() -> None:
    """Do nothing: to be asked is enough for the builder to be read."""


def _build(repository: Path, out: Path, commit: str, form: Form) -> tuple[float, float]:
    """Build a commit; return seconds on the clock and of processor."""
    start, before = time.perf_counter(), sum(os.times()[:4])
    build_staying(repository, commit, out, JOBS, form)
    return time.perf_counter() - start, sum(os.times()[:4]) - before
