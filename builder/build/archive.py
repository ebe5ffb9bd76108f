"""One revision of a repository becomes one tar: git -> catalogue -> pages -> members of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from builder import pages
from builder.build.apart import tell_apart
from builder.build.forecast import forecast
from builder.build.incremental import BATCH
from builder.build.limits import check_limits
from builder.build.source import Source, load, refuse_errors
from builder.catalogue.catalogue import Catalogue
from builder.git.repository import Repository
from builder.model import timestamp
from builder.model.config import Config
from builder.model.finding import Finding
from builder.output import archive
from builder.output.archive import Members
from builder.output.writer import BuildSummary, failing_cleanly
from builder.runtime.ahead import each_ahead
from builder.runtime.progress import Advance, Progress

_OF_REGISTRY = len(pages.CATALOGUE_PAGES) + len(pages.SETTINGS_PAGES)
IN_MEMORY = 8
"""Batches of pages that are made and not yet written, of about 2 MB each; others lie in a file."""

_Batch = tuple[str, Sequence[Any]]  # a kind (pages.KINDS), and some of it to make the pages of
Run = tuple[int, Members]
"""Pages that are made together, with the number of their run in the order of the archive."""


@dataclass(slots=True)
class Counts:
    """The files of a site that has passed by, their bytes, and those of the largest one."""

    files: int = 0
    bytes: int = 0
    largest: int = 0

    def add(self, made: Members) -> None:
        """Count some more of it."""
        self.files += len(made.paths)
        self.bytes += made.size
        if len(made.paths) == 1:  # of the whole registry: a server's pages are never large
            self.largest = max(self.largest, made.size)

    def summary(self, catalogue: Catalogue) -> BuildSummary:
        """Return what a build has written whose files these are."""
        return BuildSummary(
            versions=sum(server.count for server in catalogue.servers),
            files=self.files,
            bytes=self.bytes,
            written=self.files,
            removed=0,
        )


def read_source(
    repository: Repository, rev: str, jobs: int, progress: Progress, *, strict: bool
) -> Source:
    """Read a revision; raises EntriesError with `strict` if anything is wrong."""
    with progress.stage("read"):
        source = load(repository, rev, jobs=jobs)
        if strict:
            refuse_errors(source)
    return source


def build_archive(
    repository: Repository,
    rev: str,
    target: Path,
    jobs: int,
    progress: Progress | None = None,
    *,
    strict: bool = False,
) -> tuple[BuildSummary, tuple[Finding, ...]]:
    """Build the site of a revision into one tar; return what was written, and the findings.

    Nothing else stays on the disk. Raises EntriesError if a host would refuse the site or, with
    `strict`, if anything is wrong; OutputError if the file system refuses; then `target` is as it was.
    """
    progress = progress or Progress()
    source = read_source(repository, rev, jobs, progress, strict=strict)
    for sentence in forecast(source.catalogue, source.config, archive=True):
        progress.warn(sentence)
    counts = Counts()
    warnings: list[Finding] = []

    def checked(parts: Iterator[Members], advance: Advance) -> Iterator[Members]:
        for part in parts:
            counts.add(part)
            advance(len(part.paths))
            yield part
        # Here, before the archive takes its place.
        warnings.extend(check_limits(source.config, counts.files, counts.bytes, counts.largest))

    with failing_cleanly(target), progress.stage("pages") as advance:
        made = (
            members
            for _, members in runs(source.catalogue, source.config, jobs, target.absolute().parent)
        )
        archive.write(checked(made, advance), target)
    tell_apart(source.catalogue, source.config, progress)
    return counts.summary(source.catalogue), (*source.findings, *warnings)


def run_count(catalogue: Catalogue) -> int:
    """Return how many runs the pages of a site are made in."""
    return _OF_REGISTRY + len(_all_batches(catalogue))


def runs(
    catalogue: Catalogue, config: Config, jobs: int, scratch: Path, part: int = 0, parts: int = 1
) -> Iterator[Run]:
    """Make every page, or those of every run whose number leaves `part` when divided by `parts`.

    First come the pages of the registry, one by one: those of one function are a run. Then come
    those of servers and namespaces, in batches, which other processes make meanwhile: what has to wait
    lies in the folder `scratch`.
    """
    time = catalogue.time // timestamp.SECOND
    numbered = enumerate(_all_batches(catalogue), _OF_REGISTRY)
    batches = [(number, batch) for number, batch in numbered if number % parts == part]
    render = partial(_render, time, config)
    tasks = [batch for _, batch in batches]
    rendered = each_ahead(render, tasks, jobs, IN_MEMORY, scratch)
    for number, made in enumerate(pages.of_registry(catalogue, config)):
        if number % parts == part:
            for page in made:
                yield number, archive.members(time, (page,))
    for (number, _), members in zip(batches, rendered, strict=True):
        yield number, members


def _all_batches(catalogue: Catalogue) -> list[_Batch]:
    return [batch for kind in pages.KINDS for batch in _batches(kind, catalogue)]


def _batches(kind: str, catalogue: Catalogue) -> Iterator[_Batch]:
    values = pages.KINDS[kind].all(catalogue)
    for start in range(0, len(values), BATCH):
        yield kind, values[start : start + BATCH]


def _render(time: int, config: Config, batch: _Batch) -> Members:
    kind, values = batch
    make = pages.KINDS[kind].pages
    return archive.members(time, (page for value in values for page in make(value, config)))
