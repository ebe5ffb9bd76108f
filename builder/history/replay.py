"""History -> catalogue: replay the main line commit by commit.

Dates, `isLatest` and the change log all depend on the order in which things happened, so one
pass over the first-parent line computes them together (design, section 3). A commit's effect on
a server is the difference between the server before and after it; each visible difference is
one event with a time of its own (clock.py). The same history gives the same events, whoever
replays it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from builder.catalogue.server import NOT_LOGGED, ChangeKind, Event, LogEntry, Version
from builder.git import records
from builder.history import blocks, clock, renames
from builder.history.clock import NOW
from builder.history.difference import differences
from builder.history.latest import choose
from builder.history.lifecycle import ReadBlob, Sidecars, VersionFacts, facts
from builder.history.needed import REPLAYED
from builder.history.overlays import block, facts_of, overlay_of
from builder.history.records import Record, Shelf
from builder.history.state import State
from builder.model import page_paths, server_json
from builder.model.layout import BLOCKS, Kind, place
from builder.policy.blocks import Blocks, parse

_CHANGES_OF_STATE = (ChangeKind.PUBLISHED, ChangeKind.STATUS, ChangeKind.REMOVED)


def replay(state: State, commits: Iterable[records.Commit], read: ReadBlob) -> set[str]:
    """Carry `state` over the commits, oldest first; return the names of the servers touched."""
    touched = set()
    for commit in commits:
        files = _apply(state.servers, commit.changes)
        others = _relabelled(state, commit.changes, read) | _renamed(state, commit.changes, read)
        others -= files
        since, before = state.time, state.blocks
        state.commit, state.time = commit.sha, clock.of_commit(commit.time, state.time)
        state.blocks = _blocks(state, commit.changes, read)
        events = len(state.events)
        blocked = blocks.concerned(state, before, since)
        for name in sorted(files | others | blocked):
            drafts = state.servers[name].drafts
            if name in files:
                drafts = _drafts(state, name, read)
            if name in files or name in others:
                drafts = _under_overlay(state, name, drafts, read)
            known = _known(state, name, read) if name in files else _kept_facts(drafts)
            if _show(state, name, drafts, known, unchanged=name not in blocked):
                touched.add(name)
        _close(state, events)
        touched |= files | others
    return touched


def _known(state: State, name: str, read: ReadBlob) -> bytes:
    """Return what the facts.yaml of a server says."""
    blob = state.servers[name].facts
    return facts_of(read(blob)) if blob else b""


def _kept_facts(drafts: Mapping[str, Version]) -> bytes:
    return next((draft.facts for draft in drafts.values() if draft.facts), b"")


def _show(
    state: State, name: str, drafts: dict[str, Version], known: bytes, *, unchanged: bool
) -> bool:
    """Give a server its versions as readers see them; return whether any is shown otherwise now."""
    record = state.servers[name]
    events, hidden = len(state.events), record.hidden.keys()
    shown = blocks.shown(state, name, drafts, unchanged=unchanged)
    _carry(state, name, _flagged(shown, choose(record.versions, shown), known))
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
        where = place(change.path)
        if where.kind is Kind.STATUS:
            data = read(change.blob) if change.mode in records.FILES else None
            concerned |= state.renames.change(where.name, renames.read(data) if data else None)
    return {name for name in concerned if name in state.servers}


def _apply(servers: Shelf, changes: Iterable[records.FileChange]) -> set[str]:
    touched = set()
    for change in changes:
        where = place(change.path)
        if where.kind not in REPLAYED:
            continue
        touched.add(where.name)
        if where.name not in servers:
            servers[where.name] = Record()
        server = servers[where.name]
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
            server.entries[where.version] = blob
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
        version = dataclasses.replace(_dated(undated, state.time), logged=logged)
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


def _dated(version: Version, time: int) -> Version:
    """Put a time where a version has NOW; `updatedAt` is new wherever another of its times is."""
    if version.updated != NOW:
        return version
    return dataclasses.replace(
        version,
        published=time if version.published == NOW else version.published,
        status_changed=time if version.status_changed == NOW else version.status_changed,
        updated=time,
    )


def _drafts(state: State, name: str, read: ReadBlob) -> dict[str, Version]:
    """Return the versions of a server after its files changed; the time of what is new is NOW."""
    record, known = state.servers[name], state.sidecars.get(name)
    before = record.drafts
    sidecars = (known or Sidecars()).now(record.status, record.upstream, read)
    state.sidecars[name] = sidecars
    drafts = {}
    for text, blob in record.entries.items():
        old = before.get(text)
        # Most versions that a commit could change are as they were.
        if old and known and old.blob == blob and known.agree(sidecars, text):
            drafts[text] = old
            continue
        document = _document(name, text, blob, old, read)
        if document is not None:
            drafts[text] = _draft(name, text, blob, document, facts(text, old, sidecars), old)
    return drafts


def _under_overlay(
    state: State, name: str, drafts: Mapping[str, Version], read: ReadBlob
) -> dict[str, Version]:
    """Return versions with what the registry says of each now."""
    record = state.servers[name]
    own = read(record.overlay) if record.overlay else None
    overlay, established = overlay_of(name, state.patterns, own), state.renames.of(name)
    return _labelled(drafts, {text: block(overlay, text, established) for text in drafts})


def _labelled(drafts: Mapping[str, Version], labels: Mapping[str, bytes]) -> dict[str, Version]:
    return {
        text: draft
        if draft.overlay == labels[text]
        else dataclasses.replace(draft, overlay=labels[text], updated=NOW)
        for text, draft in drafts.items()
    }


def _flagged(drafts: Mapping[str, Version], latest: str | None, known: bytes) -> dict[str, Version]:
    """Give flag and facts to the latest version, and let it be the one that was updated last.

    A version that loses the flag keeps its `updatedAt`, as it does upstream. The latest gets a new
    one with every change of the others: clients that keep the newest row of a server then have it.
    """
    others_changed = any(one.updated == NOW for text, one in drafts.items() if text != latest)
    versions = {}
    for text, draft in drafts.items():
        is_latest = text == latest
        own = known if is_latest and draft.visible else b""
        moves = is_latest and (others_changed or not draft.is_latest or draft.facts != own)
        updated = NOW if moves else draft.updated
        if (draft.is_latest, draft.updated, draft.facts) != (is_latest, updated, own):
            draft = dataclasses.replace(draft, is_latest=is_latest, updated=updated, facts=own)
        versions[text] = draft
    return versions


def _document(name: str, text: str, blob: str, old: Version | None, read: ReadBlob) -> bytes | None:
    """Return the document of a version, compact; None if its file can be published nowhere.

    What cannot be read, is of another name or version, or has no path of its own, never was.
    """
    if old is not None and old.blob == blob:
        return old.document
    if page_paths.refusal(name, text):
        return None
    compact = server_json.compact_strictly(read(blob))
    return compact.text if compact and _is_entry(compact.value, name, text) else None


def _draft(
    name: str, text: str, blob: str, document: bytes, stated: VersionFacts, old: Version | None
) -> Version:
    """Return a version as it is if isLatest stays as it was; a new one as it is if it gets that."""
    unchanged = old is not None and stated.same_as(old) and document == old.document
    return Version(
        name=name,
        version=text,
        document=document,
        blob=blob,
        status=stated.status,
        status_message=stated.status_message,
        published=stated.published,
        status_changed=stated.status_changed,
        updated=old.updated if old is not None and unchanged else NOW,
        is_latest=old is None or old.is_latest,
        source=stated.source,
        meta=stated.meta,
        overlay=old.overlay if old is not None else b"",
        facts=old.facts if old is not None else b"",
        logged=old.logged if old is not None else NOT_LOGGED,
    )


def _is_entry(content: object, name: str, version: str) -> bool:
    return (
        isinstance(content, dict)
        and content.get("name") == name
        and content.get("version") == version
    )
