"""git -> catalogue: read one commit of a registry repository and its history.

The first two arrows of the build. Only git objects are read, so that a bare repository, a
detached HEAD and a working tree with half-finished changes all give the same answer.

Reading can go on from an earlier commit of the same line: history replays the new commits, and
what a namespace's files say and what is wrong with them follows from that namespace alone (names
that differ only in case count as one), so that only those with changes are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from builder.build.errors import EntriesError
from builder.catalogue.catalogue import Catalogue
from builder.check import parallel
from builder.check.parallel import group
from builder.git import records, trees
from builder.git.repository import Repository
from builder.git.settings import load_config
from builder.history import replay
from builder.history.lifecycle import ReadBlob
from builder.history.replay import State
from builder.model import sidecars
from builder.model.config import Config
from builder.model.finding import Finding, has_errors
from builder.model.layout import NAMESPACE_FILE, SERVERS, Kind, place
from builder.model.sidecars import Namespace
from builder.runtime import gc_pause

BATCH = 5_000
"""Changed files of the commits that are replayed at once, their blobs in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that reading a later commit needs of an earlier one.

    `changed` names the servers that changed since the reading this one was carried on from; it
    is None if this one was carried on from nothing.
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
    reading: Reading


def load(
    repository: Repository, rev: str = "HEAD", known: Reading | None = None, jobs: int = 1
) -> Source:
    """Read the registry at a revision, going on from `known` (used up) where that is on its line.

    `jobs` processes check entries while this one replays history. Raises RepositoryError (no
    such commit, shallow clone) and ConfigError (registry.yaml). What is wrong with entries comes
    back as findings.
    """
    commit = repository.commit(rev)
    repository.require_full_history()
    settings = load_config(repository, commit)
    if known is None or known.state.commit not in repository.first_parents(commit):
        known = Reading()
    with gc_pause.paused():
        reading = _read(repository, commit, known, jobs)
        catalogue = Catalogue(
            commit=commit,
            time=reading.state.time,
            servers=reading.state.catalogue_servers(),
            events=reading.state.events,
            namespaces=reading.namespaces,
        )
    return Source(config=settings, catalogue=catalogue, findings=reading.findings, reading=reading)


def load_publishable(
    repository: Repository, rev: str, known: Reading | None = None, jobs: int = 1
) -> Source:
    """Read a revision as `load` does; raise EntriesError, with the findings, if one is an error."""
    source = load(repository, rev, known, jobs)
    if has_errors(source.findings):
        raise EntriesError(source.findings)
    return source


def _read(repository: Repository, commit: str, known: Reading, jobs: int) -> Reading:
    state, since = known.state, known.state.commit or None
    commits: Iterable[records.Commit] = repository.history(commit, since=since)
    touched = frozenset[str]()
    if since:
        commits = tuple(commits)
        touched = frozenset(group(change.path) for one in commits for change in one.changes)
    tree = _tree(repository, commit, touched if since else None)
    with parallel.begun(repository, tree, jobs) as found:
        namespaces = {
            **{name: one for name, one in known.namespaces.items() if name.lower() not in touched},
            **_namespaces(repository, tree),
        }
        _replay(repository, state, commits)
        kept = (finding for finding in known.findings if group(finding.path) not in touched)
        findings = sorted([*kept, *found], key=lambda finding: finding.sort_key)
    return Reading(
        state=state,
        namespaces=dict(sorted(namespaces.items())),
        findings=tuple(findings),
        changed=frozenset(replay.servers_touched(commits)) if since else None,
    )


def _replay(repository: Repository, state: State, commits: Iterable[records.Commit]) -> None:
    for some in _batches(commits):
        blobs = repository.blobs(dict.fromkeys(replay.blobs_needed(some, state)))
        replay.replay(state, some, _reader(blobs))
    state.sidecars.clear()


def _reader(blobs: Iterator[tuple[str, bytes]]) -> ReadBlob:
    """Give blobs as they are asked for, so that git can read on meanwhile."""
    known: dict[str, bytes] = {}

    def read(blob: str) -> bytes:
        if blob not in known:
            for one, data in blobs:
                known[one] = data
                if one == blob:
                    break
        return known[blob]

    return read


def _batches(commits: Iterable[records.Commit]) -> Iterator[list[records.Commit]]:
    batch: list[records.Commit] = []
    changes = 0
    for one in commits:
        batch.append(one)
        changes += len(one.changes)
        if changes >= BATCH:
            yield batch
            batch, changes = [], 0
    if batch:
        yield batch


def _tree(
    repository: Repository, commit: str, groups: Iterable[str] | None
) -> list[records.TreeEntry]:
    if groups is None:
        return repository.tree(commit, SERVERS)
    wanted = set(groups)
    names = [name for name in repository.names(commit, SERVERS) if name.lower() in wanted]
    return trees.select(repository, commit, (f"{SERVERS}/{name}" for name in names))


def _namespaces(repository: Repository, tree: Iterable[records.TreeEntry]) -> dict[str, Namespace]:
    files = {
        where.namespace: entry.blob
        for entry in tree
        if entry.path.endswith(f"/{NAMESPACE_FILE}")
        and (where := place(entry.path)).kind is Kind.NAMESPACE
        and entry.mode in records.FILES
    }
    blobs = dict(repository.blobs(dict.fromkeys(files.values())))
    return {
        name: namespace
        for name, blob in files.items()
        if (namespace := _namespace(blobs[blob])) is not None
    }


def _namespace(data: bytes) -> Namespace | None:
    try:
        return sidecars.read_namespace(data)
    except sidecars.SidecarError:
        return None
