"""One build: a revision of a repository becomes a folder of files, or one archive.

A build goes on from the last one (memory.py). Wherever that is in doubt - nothing remembered,
something altered, another builder, a path that is taken - it makes every page anew. Of the files
that are there it then keeps those that are byte for byte what they would become: to remove
400,000 files and write them again takes some disks longer than all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from builder import pages
from builder.build import incremental, limits, source
from builder.build.incremental import CHUNK
from builder.build.last_build import Memory, Root, alone, identity
from builder.cache.store import Unusable
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.git.repository import Repository
from builder.model import timestamp
from builder.model.config import Config
from builder.model.errors import FindingsError
from builder.model.finding import Finding, has_errors
from builder.model.page import Page
from builder.output import archive, writer
from builder.output.tree import align, beside, exchange, link, refuse_foreign, remove
from builder.output.writer import Conflict, Place, Summary
from builder.runtime import gc_pause, processes
from builder.runtime.progress import Advance, Progress

IN_FLIGHT = 32
"""Chunks of pages held in memory at most, of about 2 MB each."""
Form = TypeVar("Form")
Work = tuple[str, Sequence[Any]]
"""A kind of things (pages.KINDS), and some to make pages of."""


class EntriesError(FindingsError):
    """Entries are wrong, or a named host would refuse the site: nothing was built."""

    def __init__(self, findings: tuple[Finding, ...], why: str = "entries are wrong") -> None:
        super().__init__(f"nothing was built: {why}")
        self.findings = findings


def build(
    repository: Repository,
    rev: str,
    out: Path,
    jobs: int,
    *,
    clean: bool = False,
    progress: Progress | None = None,
) -> tuple[Summary, tuple[Finding, ...]]:
    """Build the site of a revision into `out`; what was written, and the warnings.

    Raises EntriesError (with the findings in `findings`) if an entry is wrong, OutputError if the
    file system refuses: then `out` is as it was.
    """
    progress = progress or Progress()
    out = out.resolve()  # a link stays, what it leads to is replaced
    refuse_foreign(out)
    with writer.failing_cleanly(out), alone(out), gc_pause.paused():
        memory = Memory.beside(out, fingerprint.builder())
        known = None if clean else memory.recall()
        if known is None:
            progress.note("nothing is remembered of a build by this builder: starting over")
        try:
            return _build(repository, rev, memory, known, jobs, progress)
        except (Unusable, Conflict) as doubt:
            progress.note(f"{doubt}: starting over in an empty folder")
            memory.forget()
        return _build(repository, rev, memory, None, jobs, progress, empty=True)


def load(
    repository: Repository,
    rev: str,
    progress: Progress,
    known: source.Reading | None = None,
    jobs: int = 1,
) -> source.Source:
    """Read a revision that can be published; EntriesError if an entry is wrong."""
    with progress.stage("read"):
        loaded = source.load(repository, rev, known, jobs)
    if has_errors(loaded.findings):
        raise EntriesError(loaded.findings)
    return loaded


def all_pages(catalogue: Catalogue, config: Config, jobs: int = 1) -> Iterator[Page]:
    """Make every page; the pages of servers in `jobs` processes, in the same order for any number."""
    for some in _all(_made, catalogue, config, jobs):
        yield from some


def _made(some: Iterable[Page]) -> list[Page]:
    return [Page(page.path, page.body) for page in some]


def pack(
    repository: Repository, rev: str, target: Path, jobs: int, progress: Progress | None = None
) -> tuple[Summary, tuple[Finding, ...]]:
    """Build the site of a revision into one tar; what was written, and the warnings.

    Nothing else touches the disk. Raises as `build` does; then `target` is as it was.
    """
    progress = progress or Progress()
    loaded = load(repository, rev, progress, jobs=jobs)
    time = loaded.catalogue.time // timestamp.SECOND
    counts = Counter[str]()
    near: list[Finding] = []

    def counted(parts: Iterator[archive.Members], advance: Advance) -> Iterator[archive.Members]:
        for part in parts:
            counts.update(files=len(part.paths), bytes=part.size)
            if len(part.paths) == 1:  # of the whole registry: a server's pages are never large
                counts["largest"] = max(counts["largest"], part.size)
            advance(len(part.paths))
            yield part
        # Before the archive takes its place.
        near.extend(_hosts_take(loaded.config, counts["files"], counts["bytes"], counts["largest"]))

    with writer.failing_cleanly(target), progress.stage("pages") as advance:
        parts = _all(partial(archive.pack, time), loaded.catalogue, loaded.config, jobs)
        archive.write(counted(parts, advance), target)
    files, size = counts["files"], counts["bytes"]
    versions = sum(server.count for server in loaded.catalogue.servers)
    summary = Summary(versions=versions, files=files, bytes=size, written=files, removed=0)
    return summary, (*loaded.findings, *near)


def _all(
    form: Callable[[Iterable[Page]], Form], catalogue: Catalogue, config: Config, jobs: int
) -> Iterator[Form]:
    """Make every page, in a form: one by one, and those of servers and namespaces by the chunk."""
    work = [chunk for kind in pages.KINDS for chunk in _chunks(kind, catalogue)]
    rendered = processes.each(partial(_render, form, config), work, jobs, IN_FLIGHT)
    for page in pages.catalogue_pages(catalogue, config):
        yield form((page,))
    yield from rendered


def _chunks(kind: str, catalogue: Catalogue) -> Iterator[Work]:
    things = list(pages.KINDS[kind].things(catalogue).values())
    for start in range(0, len(things), CHUNK):
        yield kind, things[start : start + CHUNK]


def _render(form: Callable[[Iterable[Page]], Form], config: Config, work: Work) -> Form:
    kind, things = work
    return form(page for thing in things for page in pages.KINDS[kind].pages(thing, config))


def _build(
    repository: Repository,
    rev: str,
    memory: Memory,
    known: Root | None,
    jobs: int,
    progress: Progress,
    *,
    empty: bool = False,
) -> tuple[Summary, tuple[Finding, ...]]:
    out = memory.out
    if known is not None and known["replay"]["commit"] == repository.commit(rev):
        return _summary(known, incremental.Changes()), memory.findings(known)
    with progress.stage("recall"):
        reading = memory.reading(known, repository) if known else None
    loaded = load(repository, rev, progress, reading, jobs)
    standing = known if known and known["config"] == loaded.config.digest else None
    former = standing or (None if empty else memory.former())
    tree = beside(out, "next")
    with progress.stage("prepare"):
        twin = _prepare(tree, out, former)
    with progress.stage("remember"):
        read = memory.remember(loaded.reading, known)
    place = Place(tree=tree, twin=twin, strange=former is not None and standing is None)
    part, changes = _make(memory, loaded, read, standing, place, jobs, progress)
    near = _hosts_take(loaded.config, changes.files, changes.bytes, changes.largest)
    with progress.stage("swap"):
        root = {
            **read,
            **part,
            "config": loaded.config.digest,
            "versions": sum(server.count for server in loaded.catalogue.servers),
            "tree": identity(tree),
            "spare": identity(twin or out),
            "stale": sorted({*changes.written, *changes.removed}) if former else [],
        }
        memory.prepare(root)
        _swap(tree, memory, root, keep=former is not None)
    return _summary(root, changes), (*loaded.findings, *near)


def _make(
    memory: Memory,
    loaded: source.Source,
    read: Root,
    standing: Root | None,
    place: Place,
    jobs: int,
    progress: Progress,
) -> tuple[dict[str, Any], incremental.Changes]:
    """Make the site in a place; `standing` is the root of what is there already, if it is known."""
    catalogue = memory.lend(loaded, read, standing)
    total = sum(len(kind.things(catalogue)) for kind in pages.KINDS.values())
    task = incremental.Task(
        catalogue=catalogue, config=loaded.config, place=place, cache=memory.cache, known=standing
    )
    with progress.stage("pages", total) as advance:
        return incremental.make(task, jobs, advance)


def _swap(tree: Path, memory: Memory, root: Root, *, keep: bool) -> None:
    """Put the finished tree in the place of the old one, which is kept as the spare if wanted."""
    exchange(tree, memory.out)
    memory.settle(root)
    if keep:
        tree.rename(beside(memory.out, "spare"))
    else:
        remove(tree)


def _hosts_take(config: Config, files: int, size: int, largest: int) -> tuple[Finding, ...]:
    """Give the warnings of hosts' limits that are near; EntriesError if one is exceeded."""
    found = tuple(limits.limits(config, files, size, largest))
    if has_errors(found):
        raise EntriesError(found, "a host would refuse it")
    return found


def _summary(root: Root, changes: incremental.Changes) -> Summary:
    return Summary(
        versions=root["versions"],
        files=root["files"],
        bytes=root["bytes"],
        written=len(changes.written),
        removed=len(changes.removed),
    )


def _prepare(tree: Path, out: Path, former: Root | None) -> Path | None:
    """Make the folder that the site grows in: what `out` is by now, or empty.

    The tree of the build before last differs from `out` in `stale` paths only. Where there is none
    to go on from, the next build's is made along with this one, and given: to link a file when it
    was just written costs a third of linking it later.
    """
    spare = beside(out, "spare")
    remove(tree)
    if former is None:
        remove(spare)
        for folder in (tree, spare):
            folder.mkdir(parents=True)
        return spare
    if former["spare"] is not None and identity(spare) == former["spare"]:
        spare.rename(tree)
        align(tree, out, former["stale"])
    else:
        remove(spare)
        link(out, tree)
    return None
