"""git -> catalogue: read one commit of a registry repository and its history.

The first two arrows of the build. Only git objects are read, so that a bare repository, a
detached HEAD and a working tree with half-finished changes all give the same answer.

Reading can go on from an earlier commit of the same line. History replays the new commits. What a
namespace's files say, and what is wrong with them, follows from that namespace alone (names that
differ only in case count as one), so that only namespaces with changes are read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from builder.build.errors import EntriesError
from builder.catalogue.catalogue import Catalogue
from builder.check import collections as check_collections
from builder.check import parallel
from builder.check import renames as check_renames
from builder.check.parallel import group
from builder.git import origin_files, records, trees
from builder.git.own_files import with_own_files
from builder.git.repository import Repository
from builder.git.settings import load_for_this_builder
from builder.history import dates, needed, replay
from builder.history.lifecycle import ReadBlob
from builder.history.state import State
from builder.icons.file import FOLDER, NAME
from builder.model import own_files, sidecars
from builder.model.collection import CollectionFile
from builder.model.config import Config
from builder.model.finding import Finding, has_errors
from builder.model.layout import (
    COLLECTIONS,
    NAMESPACE_FILE,
    OPERATOR_FOLDERS,
    REGISTRY_FOLDERS,
    SERVERS,
    Kind,
    place,
)
from builder.model.sidecars import Namespace
from builder.rules import current_schema
from builder.runtime import gc_pause

_OF_THE_WHOLE = (dates.RULE, own_files.RULE, check_collections.RULE, check_renames.RULE)
"""Rules on more than one namespace: what they find is found anew each time."""
BATCH = 5_000
"""Changed files in the commits that are replayed at once, with their blobs in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """What was read of a commit: all that reading a later one needs.

    `changed` are the names of the servers that changed since the reading that this one went on
    from, None if it began with the first commit.
    """

    state: State = field(default_factory=State)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    changed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A registry as its repository has it: settings, catalogue, and what is wrong with it."""

    config: Config
    catalogue: Catalogue
    findings: tuple[Finding, ...]
    reading: SourceReading


def load(
    repository: Repository, rev: str = "HEAD", earlier: SourceReading | None = None, jobs: int = 1
) -> Source:
    """Return the registry at a revision.

    Goes on from `earlier`, whose state it changes, where that is on the same line of commits.
    `jobs` processes check entries while this one replays history. What is wrong with entries comes
    back as findings; what can be published nowhere (history/replay.py) is not in the catalogue. Raises RepositoryError (no such commit, shallow clone) and ConfigError
    (registry.yaml).
    """
    commit = repository.commit(rev)
    repository.require_full_history()
    settings, own_findings = with_own_files(
        load_for_this_builder(repository, commit), repository, commit
    )
    if earlier is None or earlier.state.commit not in repository.first_parents(commit):
        earlier = SourceReading()
    with gc_pause.paused():
        reading = _read(repository, commit, earlier, jobs)
        collections, unknown = _collections(repository, commit, reading.state.servers)
        reading = _with_findings(reading, [*own_findings, *unknown, *_renames(reading.state)])
        catalogue = Catalogue(
            commit=commit,
            time=reading.state.time,
            servers=reading.state.catalogue_servers(),
            events=reading.state.events,
            namespaces=reading.namespaces,
            collections=collections,
            origins=origin_files.read(repository, commit),
            blocked=reading.state.blocked_servers,
            breaks_schema=current_schema.breaks,
            icons=_icons(repository, commit),
        )
    return Source(config=settings, catalogue=catalogue, findings=reading.findings, reading=reading)


def refuse_errors(source: Source) -> None:
    """Raise EntriesError, with the findings, if one is an error."""
    if has_errors(source.findings):
        raise EntriesError(source.findings)


def _read(repository: Repository, commit: str, earlier: SourceReading, jobs: int) -> SourceReading:
    reading = _read_files(repository, commit, earlier, jobs)
    # Of the whole line, whatever was read before: a later commit shows that one was ahead.
    dated = dates.date_findings(repository.dates(commit), int(time.time()))
    return _with_findings(reading, dated)


def _with_findings(reading: SourceReading, found: Iterable[Finding]) -> SourceReading:
    findings = sorted([*reading.findings, *found], key=lambda finding: finding.sort_key)
    return replace(reading, findings=tuple(findings))


def _read_files(
    repository: Repository, commit: str, earlier: SourceReading, jobs: int
) -> SourceReading:
    if not earlier.state.commit:
        commits = repository.history(commit)
        files = [file for folder in REGISTRY_FOLDERS for file in repository.tree(commit, folder)]
        reading = _read_on(repository, earlier, commits, files, jobs)
        return replace(reading, changed=None)
    new = tuple(repository.history(commit, since=earlier.state.commit))
    touched = frozenset(group(change.path) for added in new for change in added.changes)
    files = _files_of(repository, commit, touched)
    return _read_on(repository, _without(earlier, touched), new, files, jobs)


def _read_on(
    repository: Repository,
    earlier: SourceReading,
    commits: Iterable[records.Commit],
    files: list[records.TreeEntry],
    jobs: int,
) -> SourceReading:
    """Replay commits on an earlier reading, and read and check the files of whole namespaces anew."""
    with parallel.begun(repository, files, jobs) as findings:
        namespaces = {**earlier.namespaces, **_namespaces(repository, files)}
        changed = carry_on(repository, earlier.state, commits)
        in_order = sorted([*earlier.findings, *findings], key=lambda finding: finding.sort_key)
    return SourceReading(
        state=earlier.state,
        namespaces=dict(sorted(namespaces.items())),
        findings=tuple(in_order),
        changed=frozenset(changed),
    )


def _without(earlier: SourceReading, touched: Collection[str]) -> SourceReading:
    """Return a reading without what it says of these namespaces (in lower case)."""
    return replace(
        earlier,
        namespaces={
            name: record
            for name, record in earlier.namespaces.items()
            if name.lower() not in touched
        },
        findings=tuple(
            finding
            for finding in earlier.findings
            if group(finding.path) not in touched and finding.rule not in _OF_THE_WHOLE
        ),
    )


def carry_on(repository: Repository, state: State, commits: Iterable[records.Commit]) -> set[str]:
    """Carry a state over commits; return the names of the servers that they touch."""
    touched = set()
    for batch in _batches(commits):
        patterns = dict(repository.blobs(dict.fromkeys(needed.pattern_blobs(batch))))
        blobs = dict.fromkeys(needed.blobs_needed(batch, state, patterns))
        touched |= replay.replay(state, batch, _reader(repository.blobs(blobs)))
    state.sidecars.clear()
    return touched


def _reader(blobs: Iterator[tuple[str, bytes]]) -> ReadBlob:
    """Return a function that takes blobs as they are asked for, so that git can read ahead."""
    taken: dict[str, bytes] = {}

    def read(wanted: str) -> bytes:
        while wanted not in taken:
            blob, data = next(blobs)
            taken[blob] = data
        return taken[wanted]

    return read


def _batches(commits: Iterable[records.Commit]) -> Iterator[list[records.Commit]]:
    batch: list[records.Commit] = []
    changes = 0
    for commit in commits:
        batch.append(commit)
        changes += len(commit.changes)
        if changes >= BATCH:
            yield batch
            batch, changes = [], 0
    if batch:
        yield batch


def _files_of(
    repository: Repository, commit: str, namespaces: Collection[str]
) -> list[records.TreeEntry]:
    """Return the files of a commit in these namespaces (in lower case, as `group` has them)."""
    names = [name for name in repository.names(commit, SERVERS) if name.lower() in namespaces]
    operators = [folder for folder in OPERATOR_FOLDERS if folder in namespaces]
    return trees.select(repository, commit, [*(f"{SERVERS}/{name}" for name in names), *operators])


def _namespaces(repository: Repository, files: Iterable[records.TreeEntry]) -> dict[str, Namespace]:
    """Return what the namespace.yaml of each namespace holds, where it can be read."""
    ids = {
        where.namespace: file.blob
        for file in files
        if file.path.endswith(f"/{NAMESPACE_FILE}")
        and (where := place(file.path)).kind is Kind.NAMESPACE
        and file.mode in records.FILES
    }
    blobs = dict(repository.blobs(dict.fromkeys(ids.values())))
    return {
        name: record
        for name, blob in ids.items()
        if (record := _namespace(blobs[blob])) is not None
    }


def _collections(
    repository: Repository, commit: str, names: Container[str]
) -> tuple[dict[str, CollectionFile], list[Finding]]:
    """Return the collections that can be read, by slug, and which servers they lack; all are read
    each time, as they are few.
    """
    files = [
        file
        for file in repository.tree(commit, COLLECTIONS)
        if place(file.path).kind is Kind.COLLECTION and file.mode in records.FILES
    ]
    blobs = dict(repository.blobs(dict.fromkeys(file.blob for file in files))) if files else {}
    collections: dict[str, CollectionFile] = {}
    findings: list[Finding] = []
    for file in files:
        with suppress(sidecars.SidecarError):
            slug = file.path.rpartition("/")[2].removesuffix(".yaml")
            collections[slug] = sidecars.read_collection(blobs[file.blob])
            findings += check_collections.findings(file.path, blobs[file.blob], names)
    return collections, findings


def _renames(state: State) -> Iterator[Finding]:
    return check_renames.findings(state.renames.rows, state.servers)


def _icons(repository: Repository, commit: str) -> dict[str, Callable[[], bytes]]:
    """Return what reads the files of icons, by their names."""
    return {
        name: partial(_read_blob, repository, file.blob)
        for file in repository.tree(commit, FOLDER)
        if NAME.fullmatch(name := file.path.removeprefix(f"{FOLDER}/"))
        and file.mode in records.FILES
    }


def _read_blob(repository: Repository, blob: str) -> bytes:
    return next(data for _, data in repository.blobs([blob]))


def _namespace(data: bytes) -> Namespace | None:
    try:
        return sidecars.read_namespace(data)
    except sidecars.SidecarError:
        return None
