"""History -> catalogue: replay the main line commit by commit.

Dates, `isLatest` and the change log all depend on the order in which things happened, so one
pass over the first-parent line computes them together (design, section 3). A commit's effect on
a server is the difference between the server before and after it; each visible difference is
one event with a time of its own (clock.py). The same history gives the same events, whoever
replays it.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping

from builder.catalogue.server import ChangeKind, Event, LogEntry, Version
from builder.git import records
from builder.history import blocks, clock, grants, renames
from builder.history.clock import NOW
from builder.history.difference import differences
from builder.history.drafts import after_change, facts_now, flagged, kept_facts, under_overlay
from builder.history.latest import choose
from builder.history.lifecycle import ReadBlob
from builder.history.needed import REPLAYED
from builder.history.records import Record, Shelf
from builder.history.state import State
from builder.model.layout import BLOCKS, CONFIG, SERVERS, STATUS_FILE, Kind, place
from builder.policy.blocks import Blocks, parse

_OF_SERVERS = f"{SERVERS}/"
_CHANGES_OF_STATE = (ChangeKind.PUBLISHED, ChangeKind.STATUS, ChangeKind.REMOVED)


def replay(state: State, commits: Iterable[records.Commit], read: ReadBlob) -> set[str]:
    """Carry `state` over the commits, oldest first; return the names of the servers touched."""
    touched = set()
    for commit in commits:
        files = _apply(state.servers, commit.changes)
        own = [change for change in commit.changes if not change.path.startswith(_OF_SERVERS)]
        others = _relabelled(state, own, read) | _renamed(state, commit.changes, read)
        regranted, republished = _granted(state, own, read)
        others = (others | regranted) - files
        since, before = state.time, state.blocks
        state.commit, state.time = commit.sha, clock.of_commit(commit.time, state.time)
        state.blocks = _blocks(state, own, read)
        events = len(state.events)
        blocked = blocks.concerned(state, before, since)
        blocked |= republished if any(row.publisher for row in state.blocks.rows) else set()
        for name in sorted(files | others | blocked):
            drafts = state.servers[name].drafts
            if name in files:
                drafts = after_change(state, name, read)
            if name in files or name in others:
                drafts = under_overlay(state, name, drafts, read)
            known = facts_now(state, name, read) if name in files else kept_facts(drafts)
            if _show(state, name, drafts, known, unchanged=name not in blocked):
                touched.add(name)
        _close(state, events)
        touched |= files | others
    return touched


def _show(
    state: State, name: str, drafts: dict[str, Version], known: bytes, *, unchanged: bool
) -> bool:
    """Give a server its versions as readers see them; return whether any is shown otherwise now."""
    record = state.servers[name]
    events, hidden = len(state.events), record.hidden.keys()
    shown = blocks.shown(state, name, drafts, unchanged=unchanged)
    _carry(state, name, flagged(shown, choose(record.versions, shown), known))
    return len(state.events) > events or record.hidden.keys() != hidden


def _blocks(state: State, changes: Iterable[records.FileChange], read: ReadBlob) -> Blocks:
    """Return the blocks after a commit. A file that cannot be read leaves them as they were."""
    for change in changes:
        if change.path == BLOCKS:
            now = parse(read(change.blob)) if change.mode in records.FILES else Blocks()
            return state.blocks if now is None else now
    return state.blocks


def _close(state: State, before: int) -> None:
    """Note after a commit what the registry holds, if that changed with its events."""
    events = state.events[before:]
    names = {event.version.name for event in events if event.kind in _CHANGES_OF_STATE}
    for name in names:
        state.statuses.put(name, [*state.servers[name].versions.values()])
    if names:
        closing = dataclasses.replace(events[-1], state=state.statuses.digest())
        state.events.replace_last(closing)


def _relabelled(state: State, changes: Iterable[records.FileChange], read: ReadBlob) -> set[str]:
    """Take in changes of overlays by pattern; return the servers that they concern."""
    files = {
        change.path: read(change.blob) if change.mode in records.FILES else None
        for change in changes
        if place(change.path).kind is Kind.PATTERN_OVERLAY
    }
    if not files:
        return set()
    concerned = state.patterns.change(files)
    return {name for name in state.servers if concerned.fits(name)}


def _renamed(state: State, changes: Iterable[records.FileChange], read: ReadBlob) -> set[str]:
    """Take in what changes say of servers' names; return the servers that this concerns."""
    concerned = set()
    for change in changes:
        if not change.path.endswith(STATUS_FILE):
            continue
        where = place(change.path)
        if where.kind is Kind.STATUS:
            data = read(change.blob) if change.mode in records.FILES else None
            concerned |= state.renames.change(where.name, renames.read(data) if data else None)
    return {name for name in concerned if name in state.servers}


def _granted(
    state: State, changes: Iterable[records.FileChange], read: ReadBlob
) -> tuple[set[str], set[str]]:
    """Take in what registry.yaml grants; return the servers with another mark, and publisher, by it."""
    before = state.grants
    settings = [change for change in changes if change.path == CONFIG]
    contents = {one.blob: read(one.blob) for one in settings if one.mode in records.FILES}
    state.grants = grants.after(before, settings, contents)
    names = list(state.servers) if state.grants != before else []
    return (
        set(state.grants.relabelled(before, names)),
        set(state.grants.republished(before, names)),
    )


def _apply(servers: Shelf, changes: Iterable[records.FileChange]) -> set[str]:
    touched = set()
    for change in changes:
        where = place(change.path)
        if where.kind not in REPLAYED:
            continue
        name = sys.intern(where.name)  # each version and event has it
        touched.add(name)
        if name not in servers:
            servers[name] = Record()
        server = servers[name]
        blob = change.blob if change.mode in records.FILES else ""
        if where.kind is Kind.STATUS:
            server.status = blob
        elif where.kind is Kind.UPSTREAM:
            server.upstream = blob
        elif where.kind is Kind.OVERLAY:
            server.overlay = blob
        elif where.kind is Kind.FACTS:
            server.facts = blob
        elif blob:
            server.entries[sys.intern(where.version)] = blob
        else:
            server.entries.pop(where.version, None)
    return touched


def _carry(state: State, name: str, versions: dict[str, Version]) -> None:
    """Give a server its new versions, and date and log every difference."""
    record = state.servers[name]
    before, record.versions = record.versions, versions
    for kind, undated in differences(before, record.versions):
        state.time = _time(undated, record.versions, state.time)
        sequence = len(state.events) + 1
        logged = LogEntry(_next_entry(state), sequence, state.time, kind)
        version = _dated(undated, state.time, logged)
        if version.version in record.versions:
            record.versions[version.version] = version
        state.events.append(
            Event(
                sequence=sequence,
                time=state.time,
                kind=kind,
                version=version,
                commit=state.commit,
            )
        )


def _next_entry(state: State) -> int:
    """Return the number of the log's next entry: a state has an entry after its event's."""
    if not state.events:
        return 0
    last = state.events[-1]
    return last.version.logged.number + (2 if last.state else 1)


def _time(version: Version, versions: Mapping[str, Version], previous: int) -> int:
    """Return the time of a change: a latest version's is later than its other versions' to all."""
    others = (other.updated for text, other in versions.items() if text != version.version)
    if version.is_latest and (newest := max(others, default=0)):
        return clock.after_millisecond(previous, newest)
    return clock.after(previous)


def _dated(version: Version, time: int, logged: LogEntry) -> Version:
    """Put a time where a version has NOW; `updatedAt` is new wherever another of its times is.

    One with NOW is a draft of this commit's, which nobody else has.
    """
    if version.updated != NOW:
        return version.replaced(logged=logged)
    version.settle(time, NOW, logged)
    return version
