"""The files of a site from one build to the next: who made them, from what, and what is new.

The pages of a server or a namespace are made again only if the hash of what they are made from
has changed; pages of the whole registry are made each time, from what memo.py has of before, and
those that came out the same are not written. Every maker's files are remembered: servers and
namespaces in 256 blocks each, of which those with no change are not even read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from builder import pages
from builder.cache.store import Cache, decode, encode
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.output import writer
from builder.output.tree import discard, strangers
from builder.output.writer import Conflict, File, Made, Place
from builder.runtime import processes

BUCKETS = 256
CHUNK = 64
FEW = 2 * CHUNK
"""So many things are done in this process before another one has started."""
Root = Mapping[str, Any]
Advance = Callable[[int], None]
Makers = Mapping[str, tuple[str, tuple[File, ...]]]
"""Of each maker the hash of what it made its pages from, and the files they are."""
Work = tuple[str, Sequence[tuple[str, Any, tuple[File, ...]]]]
"""A kind of things (pages.KINDS), and some to make pages of: the name of each, the thing, and the
files that its pages were before."""


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
    """One block of servers or namespaces: their keys, a hash over them, what the last build made.

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
    buckets = {kind: _buckets(task, kind) for kind in pages.KINDS}
    work = [chunk for kind, found in buckets.items() for chunk in _work(task, kind, found)]
    few = sum(len(things) for _, things in work) <= FEW
    deliver = partial(_deliver, task.place, task.config)
    results = processes.each(deliver, work, 1 if few else jobs, len(work))
    catalogue = {_name(row): _catalogue_block(task, row, changes) for row in pages.CATALOGUE_PAGES}
    settings = task.known["settings"] if task.known else _settings_blocks(task, changes)
    files = _take(work, results, changes, advance)
    for bucket in chain.from_iterable(buckets.values()):
        for name in bucket.old.keys() - bucket.keys.keys():
            changes.record((), (), bucket.old[name][1])
    if changes.made is not None:
        changes.removed += _strangers(task.place.tree, changes.made)
    discard(task.place.tree, changes.removed)
    kinds = {
        kind: [[bucket.inputs, _block(task.cache, bucket, files[kind])] for bucket in found]
        for kind, found in buckets.items()
    }
    part = {"catalogue": catalogue, "settings": settings, "kinds": kinds}
    sizes = {"files": changes.files, "bytes": changes.bytes}
    return {**part, **sizes, "made": task.catalogue.memo.save()}, changes


def _take(
    work: Iterable[Work],
    results: Iterable[Iterable[Made]],
    changes: Changes,
    advance: Advance,
) -> dict[str, dict[str, tuple[File, ...]]]:
    """Count what was made of the work, as it comes in; the files of each thing, by kind and name."""
    files: dict[str, dict[str, tuple[File, ...]]] = {kind: {} for kind in pages.KINDS}
    for (kind, things), made in zip(work, results, strict=True):
        for (name, _, old), made_of_thing in zip(things, made, strict=True):
            changes.record(made_of_thing.files, made_of_thing.written, old)
            files[kind][name] = made_of_thing.files
        advance(len(things))
    return files


def blocks(root: Root) -> list[str]:
    """Name every block of makers that a root's part has."""
    of_kinds = (block for found in root["kinds"].values() for _, block in found)
    return [*root["catalogue"].values(), *root["settings"].values(), *of_kinds]


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


def _buckets(task: Task, kind: str) -> list[Bucket]:
    hashes = pages.KINDS[kind].hashes(task.catalogue)
    found = []
    for number, names in enumerate(_in_buckets(hashes)):
        keys = {name: hashes[name] for name in names}
        inputs = fingerprint.of(keys.values())
        before, block = task.known["kinds"][kind][number] if task.known else ("", "")
        same = before == inputs
        old = read_makers(task.cache, block) if block and not same else {}
        found.append(Bucket(inputs=inputs, keys=keys, block=block if same else "", old=old))
    return found


def _in_buckets(names: Iterable[str]) -> list[list[str]]:
    """Sort names into buckets by their hash: whatever comes and goes, a name stays in its own."""
    found: list[list[str]] = [[] for _ in range(BUCKETS)]
    for name in sorted(names):
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        found[digest[0]].append(name)
    return found


def _work(task: Task, kind: str, buckets: Iterable[Bucket]) -> Iterator[Work]:
    things = pages.KINDS[kind].things(task.catalogue)
    changed = sorted(
        (name, bucket.old[name][1] if name in bucket.old else ())
        for bucket in buckets
        if not bucket.block
        for name, key in bucket.keys.items()
        if name not in bucket.old or bucket.old[name][0] != key
    )
    items = [(name, things[name], old) for name, old in changed]
    for start in range(0, len(items), CHUNK):
        yield kind, items[start : start + CHUNK]


def _strangers(tree: Path, made: Sequence[str]) -> list[str]:
    paths = frozenset(made)
    if len(paths) < len(made):  # in a folder that was empty the second one finds the path taken
        raise Conflict("two pages want one path")
    return strangers(tree, paths)


def _deliver(place: Place, config: Config, work: Work) -> list[Made]:
    kind, things = work
    make = pages.KINDS[kind].pages
    return [writer.deliver(place, make(thing, config), old) for _, thing, old in things]


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
    made = writer.deliver(task.place, made_pages, old)
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
