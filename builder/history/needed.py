"""Which blobs a replay of commits reads: git gives them all at once, and faster than one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from builder.git import records
from builder.history import grants, renames
from builder.history.overlays import PatternOverlays
from builder.history.state import State
from builder.model.layout import CONFIG, Kind, place

REPLAYED = (Kind.ENTRY, Kind.STATUS, Kind.UPSTREAM, Kind.OVERLAY, Kind.FACTS)
"""The kinds of files that say something of one server."""


@dataclass(slots=True)
class Needed:
    """What a batch of commits changes, by kind; every path is looked at once.

    `names` are the servers whose files change, `blobs` what these hold then.
    """

    names: set[str] = field(default_factory=set)
    blobs: list[str] = field(default_factory=list)
    statuses: list[tuple[str, records.FileChange]] = field(default_factory=list)
    patterns: list[records.FileChange] = field(default_factory=list)
    settings: list[records.FileChange] = field(default_factory=list)
    blocks: list[records.FileChange] = field(default_factory=list)

    def of_many(self) -> Iterator[str]:
        """Name the blobs that may be about many servers: status.yaml may speak of another name."""
        statuses = (change for _, change in self.statuses)
        for change in chain(self.patterns, self.settings, self.blocks, statuses):
            if change.mode in records.FILES:
                yield change.blob


def of(commits: Iterable[records.Commit]) -> Needed:
    """Sort the changes of commits by what they are about."""
    needed = Needed()
    others = {
        Kind.PATTERN_OVERLAY: needed.patterns,
        Kind.BLOCKS: needed.blocks,
    }
    for commit in commits:
        for change in commit.changes:
            where = place(change.path)
            if where.kind in REPLAYED:
                name = where.name
                needed.names.add(name)
                if change.mode in records.FILES:
                    needed.blobs.append(change.blob)
                if where.kind is Kind.STATUS:
                    needed.statuses.append((name, change))
            elif where.kind in others:
                others[where.kind].append(change)
            elif change.path == CONFIG:
                needed.settings.append(change)
    return needed


def blobs(needed: Needed, state: State, contents: Mapping[str, bytes]) -> Iterator[str]:
    """Name every blob that replaying such commits on `state` reads; some more than once.

    `contents` are those of `of_many`.
    """
    for name in needed.names & state.servers.keys():
        record = state.servers[name]
        if name not in state.sidecars:
            yield from filter(None, (record.status, record.upstream))
        yield from (blob for text, blob in record.entries.items() if text not in record.drafts)
    others = _renamed(needed, state, contents) | _concerned(needed, state, contents)
    others |= _granted(needed, state, contents)
    for name in state.servers.keys() & (needed.names | others):
        yield from filter(None, (state.servers[name].overlay, state.servers[name].facts))
    yield from needed.blobs
    yield from contents


def _renamed(needed: Needed, state: State, contents: Mapping[str, bytes]) -> set[str]:
    """Name the servers that a changed status.yaml speaks of, or has spoken of."""
    concerned: set[str] = set()
    for name, change in needed.statuses:
        concerned.update(state.renames.partners(name))
        if change.mode in records.FILES:
            concerned.update(renames.names(renames.read(contents[change.blob])))
    return concerned


def _granted(needed: Needed, state: State, contents: Mapping[str, bytes]) -> set[str]:
    """Name the servers that these commits' settings grant otherwise, at one time or another."""
    names: set[str] = set()
    before = state.grants
    for change in needed.settings:
        now = grants.after(before, (change,), contents)
        if now != before:
            names.update(now.relabelled(before, state.servers))
            before = now
    return names


def _concerned(needed: Needed, state: State, contents: Mapping[str, bytes]) -> set[str]:
    """Name the servers that overlays by pattern fit which these commits bring, change or remove."""
    changes = needed.patterns
    if not changes:
        return set()
    paths = {change.path for change in changes}
    before = {path: row for path, row in state.patterns.rows.items() if path in paths}
    now = {change.blob for change in changes if change.mode in records.FILES}
    # All in one, so that a server is looked up once, however many there are.
    concerned = PatternOverlays(before)
    concerned.change({blob: contents[blob] for blob in now})
    return {name for name in state.servers if concerned.fits(name)}
