"""Which blobs a replay of commits reads: git gives them all at once, and faster than one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from builder.git import records
from builder.history import grants, renames
from builder.history.overlays import PatternOverlays
from builder.history.state import State
from builder.model.layout import CONFIG, Kind, place

REPLAYED = (Kind.ENTRY, Kind.STATUS, Kind.UPSTREAM, Kind.OVERLAY, Kind.FACTS)
"""The kinds of files that say something of one server."""


def pattern_blobs(commits: Iterable[records.Commit]) -> Iterator[str]:
    """Name the blobs of these commits that may be about many servers.

    They are the overlays by pattern, the blocks, the settings, and status.yaml, which may speak of
    another name.
    """
    kinds = (Kind.PATTERN_OVERLAY, Kind.BLOCKS, Kind.STATUS)
    for change in _changes(commits):
        is_needed = change.path == CONFIG or place(change.path).kind in kinds
        if is_needed and change.mode in records.FILES:
            yield change.blob


def blobs_needed(
    commits: Iterable[records.Commit], state: State, patterns: Mapping[str, bytes]
) -> Iterator[str]:
    """Name every blob that replaying these commits on `state` reads; some more than once.

    `patterns` are the contents of `pattern_blobs`.
    """
    changed: list[str] = []
    names: set[str] = set()
    for change in _changes(commits):
        where = place(change.path)
        if where.kind in REPLAYED:
            names.add(where.name)
            if change.mode in records.FILES:
                changed.append(change.blob)
    for name in names & state.servers.keys():
        record = state.servers[name]
        if name not in state.sidecars:
            yield from filter(None, (record.status, record.upstream))
        yield from (blob for text, blob in record.entries.items() if text not in record.drafts)
    renamed = _renamed(commits, state, patterns)
    others = renamed | _concerned(commits, state, patterns) | _granted(commits, state, patterns)
    for name in state.servers.keys() & (names | others):
        yield from filter(None, (state.servers[name].overlay, state.servers[name].facts))
    yield from changed
    yield from patterns


def _renamed(
    commits: Iterable[records.Commit], state: State, contents: Mapping[str, bytes]
) -> set[str]:
    """Name the servers that a changed status.yaml speaks of, or has spoken of."""
    concerned: set[str] = set()
    for change in _changes(commits):
        where = place(change.path)
        if where.kind is Kind.STATUS:
            concerned.update(state.renames.partners(where.name))
            if change.mode in records.FILES:
                concerned.update(renames.names(renames.read(contents[change.blob])))
    return concerned


def _granted(
    commits: Iterable[records.Commit], state: State, contents: Mapping[str, bytes]
) -> set[str]:
    """Name the servers that these commits' settings grant otherwise, at one time or another."""
    names: set[str] = set()
    before = state.grants
    for change in _changes(commits):
        if change.path != CONFIG:
            continue
        now = grants.after(before, (change,), contents)
        if now != before:
            names.update(now.relabelled(before, state.servers))
            before = now
    return names


def _changes(commits: Iterable[records.Commit]) -> Iterator[records.FileChange]:
    return (change for commit in commits for change in commit.changes)


def _concerned(
    commits: Iterable[records.Commit], state: State, patterns: Mapping[str, bytes]
) -> set[str]:
    """Name the servers that overlays by pattern fit which these commits bring, change or remove."""
    changes = [
        change for change in _changes(commits) if place(change.path).kind is Kind.PATTERN_OVERLAY
    ]
    if not changes:
        return set()
    paths = {change.path for change in changes}
    before = {path: row for path, row in state.patterns.rows.items() if path in paths}
    blobs = {change.blob for change in changes if change.mode in records.FILES}
    # All in one, so that a server is looked up once, however many there are.
    concerned = PatternOverlays(before)
    concerned.change({blob: patterns[blob] for blob in blobs})
    return {name for name in state.servers if concerned.fits(name)}
