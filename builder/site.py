"""The files of a site from one build to the next: who made them, from what, and what is new.

A server's pages are made again only if the hash of what they are made from has changed; pages of
the whole registry are made each time, and those that came out the same are not written. Every
maker's files are remembered: servers in 256 blocks (checkpoint.py), of which those whose servers
are all unchanged are not even read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from builder import fingerprint, output, pages, parallel
from builder.cache import Cache, decode, encode
from builder.catalogue import Catalogue, Server
from builder.checkpoint import in_buckets
from builder.config import Config
from builder.output import Conflict, File, Made, Place
from builder.page import Page
from builder.sidecar import Namespace

CHUNK = 64
Root = Mapping[str, Any]
Advance = Callable[[int], None]
Makers = Mapping[str, tuple[str, tuple[File, ...]]]
"""Of each maker the hash of what it made its pages from, and the files they are."""
Work = Sequence[tuple[Server, Namespace | None, tuple[File, ...]]]
"""Servers to make pages of, their namespaces, and the files that their pages were before."""


@dataclass(slots=True)
class Changes:
    """The size of a site, and what a build changed in it, counted as it goes.

    `largest` is the size of the largest file that was made anew or belongs to the whole registry.
    """

    files: int = 0
    bytes: int = 0
    largest: int = 0
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    made: list[str] | None = None
    """Every path, where that has to be known."""

    def record(self, made: Sequence[File], written: Iterable[str], old: Sequence[File]) -> None:
        """Count what a maker's pages have become, and note which of its old files go."""
        self.files += len(made) - len(old)
        self.bytes += sum(file.size for file in made) - sum(file.size for file in old)
        self.largest = max([self.largest, *(file.size for file in made)])
        self.written += written
        self.removed += sorted({file.path for file in old} - {file.path for file in made})
        if self.made is not None:
            self.made += (file.path for file in made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One block of servers: their keys, a hash over them, and what the last build made.

    `block` names what is remembered if that is still true as a whole; then `old` is not read.
    """

    inputs: str
    keys: Mapping[str, str]
    block: str
    old: Makers


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a site is made from, and where."""

    catalogue: Catalogue
    config: Config
    place: Place
    cache: Cache
    known: Root | None
    """The root of the site that is in the place already; None if nothing is known of it."""


def make(task: Task, jobs: int, advance: Advance) -> tuple[dict[str, Any], Changes]:
    """Bring the files below `tree` up to the catalogue; a root's part, and what was changed.

    Raises output.Conflict, and Unusable if what is remembered is not whole.
    """
    changes = Changes(task.known["files"], task.known["bytes"]) if task.known else Changes()
    changes.made = [] if task.place.strange else None
    buckets = _buckets(task)
    work = list(_work(task.catalogue, buckets))
    results = parallel.each(partial(_deliver, task.place, task.config), work, jobs, len(work))
    catalogue = {_name(row): _catalogue_block(task, row, changes) for row in pages.CATALOGUE_PAGES}
    settings = task.known["settings"] if task.known else _settings_blocks(task, changes)
    files: dict[str, tuple[File, ...]] = {}
    for chunk, results_of_chunk in zip(work, results, strict=True):
        for (server, _, old), made in zip(chunk, results_of_chunk, strict=True):
            changes.record(made.files, made.written, old)
            files[server.name] = made.files
        advance(len(chunk))
    for bucket in buckets:
        for name in bucket.old.keys() - bucket.keys.keys():
            changes.record((), (), bucket.old[name][1])
    if changes.made is not None:
        changes.removed += _strangers(task.place.tree, changes.made)
    output.discard(task.place.tree, changes.removed)
    servers = [[bucket.inputs, _block(task.cache, bucket, files)] for bucket in buckets]
    part = {"catalogue": catalogue, "settings": settings, "servers": servers}
    sizes = {"files": changes.files, "bytes": changes.bytes}
    return {**part, **sizes, "made": task.catalogue.memo.save()}, changes


def read_makers(cache: Cache, digest: str) -> Makers:
    """Read a block of makers; Unusable if it is not whole."""
    rows = decode(cache.read(digest))
    return {name: (key, tuple(File(*file) for file in files)) for name, key, files in rows}


def _write_makers(cache: Cache, makers: Makers) -> str:
    rows = [
        [name, key, [_row(file) for file in files]] for name, (key, files) in sorted(makers.items())
    ]
    return cache.write(encode(rows))


def _row(file: File) -> list[str | int]:
    row: list[str | int] = [file.path, file.digest, file.size]
    return [*row, file.inputs] if file.inputs else row


def _buckets(task: Task) -> list[Bucket]:
    catalogue, known = task.catalogue, task.known
    hashes = catalogue.derived(fingerprint.servers)
    found = []
    for number, names in enumerate(in_buckets(catalogue.by_name)):
        keys = {name: hashes[name] for name in names}
        inputs = fingerprint.of(keys.values())
        before, block = known["servers"][number] if known else ("", "")
        same = before == inputs
        old = read_makers(task.cache, block) if block and not same else {}
        found.append(Bucket(inputs=inputs, keys=keys, block=block if same else "", old=old))
    return found


def _work(catalogue: Catalogue, buckets: Iterable[Bucket]) -> Iterator[Work]:
    changed = sorted(
        (name, bucket.old[name][1] if name in bucket.old else ())
        for bucket in buckets
        if not bucket.block
        for name, key in bucket.keys.items()
        if name not in bucket.old or bucket.old[name][0] != key
    )
    items = [
        (server := catalogue.by_name[name], catalogue.namespaces.get(server.namespace), old)
        for name, old in changed
    ]
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _strangers(tree: Path, made: Sequence[str]) -> list[str]:
    paths = frozenset(made)
    if len(paths) < len(made):  # in a folder that was empty the second one finds the path taken
        raise Conflict("two pages want one path")
    return output.strangers(tree, paths)


def _deliver(place: Place, config: Config, work: Work) -> list[Made]:
    return [
        output.deliver(place, pages.server_pages(server, namespace, config), old)
        for server, namespace, old in work
    ]


def _settings_blocks(task: Task, changes: Changes) -> dict[str, str]:
    """Make the pages that follow from the settings: once, as `known` is of the same settings."""
    return {
        _name(row): _store(task, _name(row), row(task.config), (), changes)
        for row in pages.SETTINGS_PAGES
    }


def _catalogue_block(task: Task, row: pages.CataloguePages, changes: Changes) -> str:
    name = _name(row)
    block = task.known["catalogue"].get(name) if task.known else None
    old = read_makers(task.cache, block)[name][1] if block else ()
    return _store(task, name, row(task.catalogue, task.config), old, changes)


def _store(
    task: Task, name: str, made_pages: Iterable[Page], old: Sequence[File], changes: Changes
) -> str:
    made = output.deliver(task.place, made_pages, old)
    changes.record(made.files, made.written, old)
    return _write_makers(task.cache, {name: ("", made.files)})


def _name(row: Callable[..., Iterable[Page]]) -> str:
    return f"{row.__module__}.{row.__qualname__}"


def _block(cache: Cache, bucket: Bucket, files: Mapping[str, tuple[File, ...]]) -> str:
    if bucket.block:
        return bucket.block
    makers = {
        name: (key, files[name] if name in files else bucket.old[name][1])
        for name, key in bucket.keys.items()
    }
    return _write_makers(cache, makers)
