"""History -> catalogue: replay the main line commit by commit.

Dates, `isLatest` and the change log all depend on the order in which things happened, so one
pass over the first-parent line computes them together (design, section 3). A commit's effect on
a server is the difference between the server before and after it; each visible difference is
one event. The same history gives the same events, whoever replays it.

`State` is all that a later replay needs to go on from here.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import orjson

from builder import document, git, sidecar, timestamp
from builder.catalogue import Event, Server, Version
from builder.difference import differences, looks_like
from builder.latest import choose, newest_first
from builder.log import Log
from builder.path import Kind, place
from builder.sidecar import Status, StatusFile, Upstream, VersionStatus

Model = TypeVar("Model")
ReadBlob = Callable[[str], bytes]
_ACTIVE = VersionStatus(status=Status.ACTIVE)


@dataclass(slots=True)
class Files:
    """The blobs of one server: its entries by version, and its two sidecars."""

    entries: dict[str, str] = field(default_factory=dict)
    status: str = ""
    upstream: str = ""


@dataclass(slots=True)
class State:
    """Where a replay stands: the commit, its time (seconds) and everything up to it."""

    commit: str = ""
    time: int = 0
    files: dict[str, Files] = field(default_factory=dict)
    servers: dict[str, dict[str, Version]] = field(default_factory=dict)
    events: Log = field(default_factory=Log)

    def catalogue_servers(self) -> tuple[Server, ...]:
        """The servers of the state, by name, each with its newest version first."""
        return tuple(
            Server(name=name, versions=newest_first(versions.values()))
            for name, versions in sorted(self.servers.items())
            if versions
        )


def blobs_needed(commits: Sequence[git.Commit], state: State) -> Iterator[str]:
    """Name every blob that replaying these commits on `state` reads; some more than once."""
    for commit in commits:
        for change in commit.changes:
            if change.mode in _FILES and place(change.path).kind in _REPLAYED:
                yield change.blob
    for name in servers_touched(commits) & state.files.keys():
        files, versions = state.files[name], state.servers.get(name, {})
        yield from filter(None, (files.status, files.upstream))
        yield from (blob for text, blob in files.entries.items() if text not in versions)


def servers_touched(commits: Iterable[git.Commit]) -> set[str]:
    """Name the servers with a file that these commits changed."""
    places = (place(change.path) for commit in commits for change in commit.changes)
    return {where.name for where in places if where.kind in _REPLAYED}


def replay(state: State, commits: Iterable[git.Commit], read: ReadBlob) -> State:
    """Carry `state` over the commits, oldest first; it is changed in place and given back."""
    for commit in commits:
        touched = _apply(state.files, commit.changes)
        time = timestamp.from_git(commit.time)
        for name in sorted(touched):
            before = state.servers.get(name, {})
            after = _versions(name, state.files[name], before, time, read)
            state.servers[name] = after
            for kind, version in differences(before, after, time):
                state.events.append(
                    Event(sequence=len(state.events) + 1, time=time, kind=kind, version=version)
                )
        state.commit, state.time = commit.sha, commit.time
    return state


_REPLAYED = (Kind.ENTRY, Kind.STATUS, Kind.UPSTREAM)
_FILES = (git.REGULAR, git.EXECUTABLE)


def _apply(files: dict[str, Files], changes: Iterable[git.Change]) -> set[str]:
    touched = set()
    for change in changes:
        where = place(change.path)
        if where.kind not in _REPLAYED:
            continue
        touched.add(where.name)
        server = files.setdefault(where.name, Files())
        blob = change.blob if change.mode in _FILES else ""
        if where.kind is Kind.STATUS:
            server.status = blob
        elif where.kind is Kind.UPSTREAM:
            server.upstream = blob
        elif blob:
            server.entries[where.version] = blob
        else:
            server.entries.pop(where.version, None)
    return touched


def _versions(
    name: str, files: Files, before: Mapping[str, Version], time: int, read: ReadBlob
) -> dict[str, Version]:
    status = _sidecar(sidecar.read_status, files.status, read)
    upstream = _sidecar(sidecar.read_upstream, files.upstream, read)
    drafts = {}
    for text, blob in files.entries.items():
        draft = _draft(name, text, blob, before.get(text), status, upstream, time, read)
        if draft is not None:
            drafts[text] = draft
    latest = choose(before, drafts)
    return {
        text: _finish(draft, text == latest, before.get(text), upstream, time)
        for text, draft in drafts.items()
    }


def _draft(
    name: str,
    text: str,
    blob: str,
    old: Version | None,
    status_file: StatusFile | None,
    upstream: Upstream | None,
    time: int,
    read: ReadBlob,
) -> Version | None:
    """Everything about a version but its isLatest and updatedAt; None if its file is unusable."""
    known = old is not None and old.blob == blob
    compact = old.document if old is not None and known else document.compact(read(blob))
    if not known and not _is_entry(compact, name, text):
        return None
    official = upstream.versions.get(text) if upstream else None
    local = status_file.of(text) if status_file else None
    lifecycle = local or _upstream_status(official) or _ACTIVE
    published = _time(official, "publishedAt") or (old.published if old else time)
    if official is not None and local is None:
        changed = _time(official, "statusChangedAt") or _status_changed(official, published)
    elif old is not None and old.status is lifecycle.status:
        changed = old.status_changed
    else:
        changed = time if old is not None or lifecycle.status is not Status.ACTIVE else published
    others = upstream.meta.get(text, {}) if upstream else {}
    return Version(
        name=name,
        version=text,
        document=compact,
        blob=blob,
        status=lifecycle.status,
        status_message=lifecycle.message,
        published=published,
        status_changed=changed,
        updated=0,
        is_latest=False,
        source=upstream.source if upstream and official is not None else "",
        meta=_encode(others) if others else b"",
    )


def _finish(
    draft: Version, is_latest: bool, old: Version | None, upstream: Upstream | None, time: int
) -> Version:
    official = upstream.versions.get(draft.version) if upstream else None
    # The later of upstream's time and ours: who syncs from us by time misses nothing.
    theirs = _time(official, "updatedAt") or 0
    if old is None:
        return dataclasses.replace(draft, is_latest=is_latest, updated=max(time, theirs))
    same = dataclasses.replace(draft, is_latest=is_latest, updated=old.updated)
    if theirs <= old.updated and looks_like(same, old):
        return same
    # Never back, or who asks for what changed since the old time would not see the change.
    return dataclasses.replace(same, updated=max(time, theirs, old.updated))


def _is_entry(compact: bytes, name: str, version: str) -> bool:
    try:
        content = orjson.loads(compact)
    except orjson.JSONDecodeError:
        return False
    return (
        isinstance(content, dict)
        and content.get("name") == name
        and content.get("version") == version
    )


def _encode(value: object) -> bytes:
    # Not orjson: upstream may have an integer of more than 64 bits.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _sidecar(reader: Callable[[bytes], Model], blob: str, read: ReadBlob) -> Model | None:
    # A sidecar that is wrong at HEAD stops the build (source.py); in the past it said nothing.
    if not blob:
        return None
    try:
        return reader(read(blob))
    except sidecar.SidecarError:
        return None


def _upstream_status(official: Mapping[str, object] | None) -> VersionStatus | None:
    status, message = (
        (official.get("status"), official.get("statusMessage")) if official else ("", "")
    )
    if not isinstance(status, str):
        return None
    return _lifecycle(status, message if isinstance(message, str) else "")


@lru_cache(maxsize=1024)
def _lifecycle(status: str, message: str) -> VersionStatus | None:
    if status not in list(Status):
        return None
    return VersionStatus.model_construct(status=Status(status), message=message)


def _status_changed(official: Mapping[str, object], published: int) -> int:
    # Records of 2025 have no statusChangedAt: an active version never changed status since then.
    if official.get("status") == Status.ACTIVE:
        return published
    return _time(official, "updatedAt") or published


def _time(official: Mapping[str, object] | None, key: str) -> int | None:
    value = official.get(key) if official else None
    if not isinstance(value, str):
        return None
    try:
        return timestamp.parse(value)
    except ValueError:
        return None
