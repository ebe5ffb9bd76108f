"""History -> catalogue: replay the main line commit by commit.

Dates, `isLatest` and the change log all depend on the order in which things happened, so one
pass over the first-parent line computes them together (design, section 3). A commit's effect on
a server is the difference between the server before and after it; each visible difference is
one event. The same history gives the same events, whoever replays it.

`State` is all that a later replay needs to go on from here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

from builder.catalogue.change_log import Log
from builder.catalogue.server import Event, LateServer, Server, Version
from builder.git import records
from builder.history.difference import differences
from builder.history.latest import choose, newest_first
from builder.history.lifecycle import ReadBlob, Said, Sidecars, said
from builder.history.records import Record, Shelf
from builder.model import server_json, timestamp
from builder.model.layout import Kind, place


@dataclass(slots=True)
class State:
    """Where a replay stands: the commit, its time (seconds) and everything up to it.

    `sidecars` are those that were read on the way: what they say is in `servers` already.
    """

    commit: str = ""
    time: int = 0
    servers: Shelf = field(default_factory=Shelf)
    events: Log = field(default_factory=Log)
    sidecars: dict[str, Sidecars] = field(default_factory=dict, compare=False, repr=False)

    def catalogue_servers(self) -> tuple[Server, ...]:
        """The servers of the state, by name, each with its newest version first."""
        return tuple(
            self._server(name) for name in sorted(self.servers) if self.servers.count(name)
        )

    def _server(self, name: str) -> Server:
        if self.servers.is_read(name):
            return Server(name=name, versions=self._newest_first(name))
        return LateServer(name, self.servers.count(name), partial(self._newest_first, name))

    def _newest_first(self, name: str) -> tuple[Version, ...]:
        return newest_first(self.servers[name].versions.values())


def blobs_needed(commits: Iterable[records.Commit], state: State) -> Iterator[str]:
    """Name every blob that replaying these commits on `state` reads; some more than once."""
    changed: list[str] = []
    names: set[str] = set()
    for commit in commits:
        for change in commit.changes:
            where = place(change.path)
            if where.kind in _REPLAYED:
                names.add(where.name)
                if change.mode in records.FILES:
                    changed.append(change.blob)
    for name in names & state.servers.keys():
        record = state.servers[name]
        if name not in state.sidecars:
            yield from filter(None, (record.status, record.upstream))
        yield from (blob for text, blob in record.entries.items() if text not in record.versions)
    yield from changed


def servers_touched(commits: Iterable[records.Commit]) -> set[str]:
    """Name the servers with a file that these commits changed."""
    places = (place(change.path) for commit in commits for change in commit.changes)
    return {where.name for where in places if where.kind in _REPLAYED}


def replay(state: State, commits: Iterable[records.Commit], read: ReadBlob) -> State:
    """Carry `state` over the commits, oldest first; it is changed in place and given back."""
    for commit in commits:
        touched = _apply(state.servers, commit.changes)
        time = timestamp.from_git(commit.time)
        for name in sorted(touched):
            record = state.servers[name]
            before, after = record.versions, _versions(state, name, time, read)
            record.versions = after
            for kind, version in differences(before, after, time):
                state.events.append(
                    Event(sequence=len(state.events) + 1, time=time, kind=kind, version=version)
                )
        state.commit, state.time = commit.sha, commit.time
    return state


_REPLAYED = (Kind.ENTRY, Kind.STATUS, Kind.UPSTREAM)


def _apply(servers: Shelf, changes: Iterable[records.Change]) -> set[str]:
    touched = set()
    for change in changes:
        where = place(change.path)
        if where.kind not in _REPLAYED:
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
        elif blob:
            server.entries[where.version] = blob
        else:
            server.entries.pop(where.version, None)
    return touched


def _versions(state: State, name: str, time: int, read: ReadBlob) -> dict[str, Version]:
    record, known = state.servers[name], state.sidecars.get(name)
    before = record.versions
    beside = (known or Sidecars()).now(record.status, record.upstream, read)
    state.sidecars[name] = beside
    drafts = {}
    for text, blob in record.entries.items():
        old = before.get(text)
        # Most versions that a commit could change are as they were.
        if old and known and old.blob == blob and known.same(beside, text):
            drafts[text] = old
            continue
        compact = _document(name, text, blob, old, read)
        if compact is not None:
            facts = said(text, old, beside, time)
            drafts[text] = _draft(name, text, blob, compact, facts, old, time)
    latest = choose(before, drafts)
    return {
        text: draft
        if draft.is_latest == (text == latest)
        else dataclasses.replace(draft, is_latest=text == latest, updated=max(time, draft.updated))
        for text, draft in drafts.items()
    }


def _document(name: str, text: str, blob: str, old: Version | None, read: ReadBlob) -> bytes | None:
    """The document of a version, compact; None if its file is unusable."""
    if old is not None and old.blob == blob:
        return old.document
    compact = server_json.compact(read(blob))
    return compact.text if _is_entry(compact.value, name, text) else None


def _draft(
    name: str, text: str, blob: str, compact: bytes, facts: Said, old: Version | None, time: int
) -> Version:
    """A version as it is if isLatest stays as it was; a new one as it is if it gets that."""
    # The later of upstream's time and ours: who syncs from us by time misses nothing. Never
    # back, or who asks for what changed since the old time would not see the change.
    updated = max(time, facts.theirs, old.updated if old else 0)
    if (
        old is not None
        and facts.theirs <= old.updated
        and facts[:-1] == _SAID(old)
        and compact == old.document
    ):
        updated = old.updated
    return Version(
        name=name,
        version=text,
        document=compact,
        blob=blob,
        status=facts.status,
        status_message=facts.status_message,
        published=facts.published,
        status_changed=facts.status_changed,
        updated=updated,
        is_latest=old is None or old.is_latest,
        source=facts.source,
        meta=facts.meta,
    )


_SAID = attrgetter(*Said._fields[:-1])


def _is_entry(content: object, name: str, version: str) -> bool:
    return (
        isinstance(content, dict)
        and content.get("name") == name
        and content.get("version") == version
    )
