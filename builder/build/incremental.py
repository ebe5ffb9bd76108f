"""Catalogue -> the files of a site, going on from those of the last build.

The pages of a server or a namespace are made again only if the hash of what they are made from
has changed. Pages of the whole registry are made each time, from what the memo holds, and those
that came out the same are not written. The files of servers and of namespaces are listed in
buckets (buckets.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from builder import pages
from builder.build import page_files
from builder.build.buckets import Bucket, buckets_of, changed, divided, record_of
from builder.build.page_files import PageFiles
from builder.build.record import SiteRecord
from builder.build.site_changes import SiteChanges
from builder.cache.store import Cache
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.output.file_list import FileList
from builder.output.tree import remove_files, unexpected_files
from builder.output.writer import Conflict, TargetTree, WrittenPages, write_pages
from builder.runtime import processes
from builder.runtime.progress import Advance

BATCH = 64
"""Servers or namespaces whose pages one process makes at a time."""
FEW = 2 * BATCH
"""So many are done in this process before another one has started."""


_DIVIDED = {kind: divided(page_kind.hashes) for kind, page_kind in pages.KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTask:
    """What a site is made from, and the folder that it is written into.

    `previous` is the record of the site that the folder holds already, None if it is empty or
    nothing is known of its contents.
    """

    catalogue: Catalogue
    config: Config
    target: TargetTree
    cache: Cache
    previous: SiteRecord | None


class _Owner(NamedTuple):
    """A server or namespace to make the pages of, and the files that they were."""

    name: str
    value: Any
    previous: FileList


class _Batch(NamedTuple):
    """Some owners of one kind (pages.KINDS)."""

    kind: str
    owners: list[_Owner]


def write_site(task: SiteTask, jobs: int, advance: Advance) -> tuple[SiteRecord, SiteChanges]:
    """Make the target folder the site of the catalogue; return its record, and what changed.

    `advance` is told how many servers and namespaces are done. Raises Conflict if a path is taken,
    UnusableCache if a block of the cache is missing or was altered.
    """
    changes = (
        SiteChanges(task.previous.files, task.previous.bytes) if task.previous else SiteChanges()
    )
    buckets = {
        kind: buckets_of(
            task.cache,
            task.catalogue.derived(names),
            task.previous.buckets[kind] if task.previous else None,
        )
        for kind, names in _DIVIDED.items()
    }
    batches = [batch for kind in pages.KINDS for batch in _batches(task, kind, buckets[kind])]
    # The other processes are at work on these while this one makes the pages of the registry.
    results = _start(task, batches, jobs)
    catalogue_pages = _write_catalogue_pages(task, changes)
    settings_pages = _write_settings_pages(task, changes)
    files = _collect(batches, results, changes, advance)
    _remove_old_files(task.target, chain.from_iterable(buckets.values()), changes)
    record = SiteRecord(
        settings=task.config.digest,
        versions=sum(server.count for server in task.catalogue.servers),
        files=changes.files,
        bytes=changes.bytes,
        catalogue_pages=catalogue_pages,
        settings_pages=settings_pages,
        buckets={
            kind: tuple(record_of(task.cache, bucket, files[kind]) for bucket in buckets[kind])
            for kind in pages.KINDS
        },
        memo=task.catalogue.memo.save(),
    )
    return record, changes


# Pages of servers and namespaces.


def _batches(task: SiteTask, kind: str, buckets: Iterable[Bucket]) -> Iterator[_Batch]:
    find = partial(pages.KINDS[kind].find, task.catalogue)
    owners = [
        _Owner(name, find(name), previous)
        for name, previous in sorted(chain.from_iterable(map(changed, buckets)))
    ]
    for start in range(0, len(owners), BATCH):
        yield _Batch(kind, owners[start : start + BATCH])


def _start(task: SiteTask, batches: list[_Batch], jobs: int) -> Iterator[list[WrittenPages]]:
    few = sum(len(batch.owners) for batch in batches) <= FEW
    write = partial(_write_batch, task.target, task.config)
    return processes.each(write, batches, 1 if few else jobs, len(batches))


def _write_batch(target: TargetTree, config: Config, batch: _Batch) -> list[WrittenPages]:
    make = pages.KINDS[batch.kind].pages
    return [
        write_pages(target, make(owner.value, config), owner.previous) for owner in batch.owners
    ]


def _collect(
    batches: Iterable[_Batch],
    results: Iterable[Iterable[WrittenPages]],
    changes: SiteChanges,
    advance: Advance,
) -> dict[str, dict[str, FileList]]:
    """Count the pages that were written, as they come in; return their files by kind and name."""
    files: dict[str, dict[str, FileList]] = {kind: {} for kind in pages.KINDS}
    for batch, result in zip(batches, results, strict=True):
        for owner, written in zip(batch.owners, result, strict=True):
            changes.record(written, owner.previous)
            files[batch.kind][owner.name] = written.files
        advance(len(batch.owners))
    return files


# Pages of the whole registry.


def _write_catalogue_pages(task: SiteTask, changes: SiteChanges) -> dict[str, str]:
    """Write them all; return the block that lists the files of each function."""
    blocks = {}
    for make in pages.CATALOGUE_PAGES:
        name = _name(make)
        block = task.previous.catalogue_pages.get(name) if task.previous else None
        previous = page_files.read_block(task.cache, block)[name].files if block else FileList()
        blocks[name] = _write_of_registry(
            task, name, make(task.catalogue, task.config), previous, changes
        )
    return blocks


def _write_settings_pages(task: SiteTask, changes: SiteChanges) -> Mapping[str, str]:
    """Do the same for pages that follow from the settings alone: once, while those are the same."""
    if task.previous:
        return task.previous.settings_pages
    return {
        _name(make): _write_of_registry(task, _name(make), make(task.config), FileList(), changes)
        for make in pages.SETTINGS_PAGES
    }


def _write_of_registry(
    task: SiteTask,
    name: str,
    made: Iterable[Page],
    previous: FileList,
    changes: SiteChanges,
) -> str:
    written = write_pages(task.target, made, previous)
    changes.record(written, previous)
    return page_files.write_block(task.cache, {name: PageFiles("", written.files)})


def _name(make: Callable[..., Iterable[Page]]) -> str:
    return f"{make.__module__}.{make.__qualname__}"


def _remove_old_files(target: TargetTree, buckets: Iterable[Bucket], changes: SiteChanges) -> None:
    """Remove the files of servers and namespaces that are gone, and those that nothing explains."""
    for bucket in buckets:
        for name in bucket.previous.keys() - bucket.hashes.keys():
            changes.record_removed(bucket.previous[name].files)
    if target.unknown_contents:
        changes.removed += _unexplained(target.folder, [*changes.paths()])
    remove_files(target.folder, changes.removed)


def _unexplained(folder: Path, paths: list[str]) -> list[str]:
    expected = frozenset(paths)
    if len(expected) < len(paths):  # in an empty folder the second one finds the path taken
        raise Conflict("two pages want one path")
    return unexpected_files(folder, expected)
