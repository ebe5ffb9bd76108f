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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeVar

from builder import document, git, sidecar, timestamp
from builder.catalogue import Event, Server, Version
from builder.difference import differences
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


def blobs_needed(commits: Iterable[git.Commit], state: State) -> Iterator[str]:
    """Name every blob that replaying these commits on `state` reads; some more than once."""
    first: dict[str, tuple[int, list[Kind]]] = {}  # of the first commit that touches a server
    for number, commit in enumerate(commits):
        for change in commit.changes:
            where = place(change.path)
            if where.kind not in _REPLAYED:
                continue
            if change.mode in git.FILES:
                yield change.blob
            at, kinds = first.get(where.name) or first.setdefault(where.name, (number, []))
            if at == number:
                kinds.append(where.kind)
    for name in first.keys() & state.files.keys():
        yield from _standing(state, name, first[name][1])


def _standing(state: State, name: str, replaced: Collection[Kind]) -> Iterator[str]:
    files, versions = state.files[name], state.servers.get(name, {})
    if files.status and Kind.STATUS not in replaced:
        yield files.status
    if files.upstream and Kind.UPSTREAM not in replaced:
        yield files.upstream
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


def _apply(files: dict[str, Files], changes: Iterable[git.Change]) -> set[str]:
    touched = set()
    for change in changes:
        where = place(change.path)
        if where.kind not in _REPLAYED:
            continue
        touched.add(where.name)
        server = files.setdefault(where.name, Files())
        blob = change.blob if change.mode in git.FILES else ""
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
        old = before.get(text)
        compact = _document(name, text, blob, old, read)
        if compact is not None:
            said = _said(text, old, status, upstream, time)
            drafts[text] = _draft(name, text, blob, compact, said, old, time)
    latest = choose(before, drafts)
    return {text: _flagged(draft, text == latest, time) for text, draft in drafts.items()}


def _document(name: str, text: str, blob: str, old: Version | None, read: ReadBlob) -> bytes | None:
    """The document of a version, compact; None if its file is unusable."""
    if old is not None and old.blob == blob:
        return old.document
    compact = document.compact(read(blob))
    return compact.text if _is_entry(compact.value, name, text) else None


class _Said(NamedTuple):
    """What a version is beside its document; `theirs` is upstream's updatedAt, 0 if it has none."""

    status: Status
    status_message: str
    published: int
    status_changed: int
    source: str
    meta: bytes
    theirs: int


def _said(
    text: str,
    old: Version | None,
    status_file: StatusFile | None,
    upstream: Upstream | None,
    time: int,
) -> _Said:
    official = upstream.versions.get(text) if upstream else None
    stated = _NOTHING if official is None else _stated(official)
    local = status_file.of(text) if status_file else None
    lifecycle = local or stated.lifecycle or _ACTIVE
    published = stated.published or (old.published if old else time)
    if official is not None and local is None:
        changed = stated.status_changed or published
    elif old is not None and old.status is lifecycle.status:
        changed = old.status_changed
    else:
        changed = time if old is not None or lifecycle.status is not Status.ACTIVE else published
    others = upstream.meta.get(text) if upstream else None
    return _Said(
        status=lifecycle.status,
        status_message=lifecycle.message,
        published=published,
        status_changed=changed,
        source=upstream.source if upstream and official is not None else "",
        meta=_encode(others) if others else b"",
        theirs=stated.updated,
    )


def _draft(
    name: str, text: str, blob: str, compact: bytes, said: _Said, old: Version | None, time: int
) -> Version:
    """A version as it is if isLatest stays as it was; a new one as it is if it gets that."""
    # The later of upstream's time and ours: who syncs from us by time misses nothing. Never
    # back, or who asks for what changed since the old time would not see the change.
    updated = max(time, said.theirs, old.updated if old else 0)
    if (
        old is not None
        and said.theirs <= old.updated
        and said[:-1] == _SAID(old)
        and compact == old.document
    ):
        # Half of all versions that a commit could change are as they were.
        if blob == old.blob:
            return old
        updated = old.updated
    return Version(
        name=name,
        version=text,
        document=compact,
        blob=blob,
        status=said.status,
        status_message=said.status_message,
        published=said.published,
        status_changed=said.status_changed,
        updated=updated,
        is_latest=old is None or old.is_latest,
        source=said.source,
        meta=said.meta,
    )


_SAID = attrgetter(*_Said._fields[:-1])


def _flagged(draft: Version, is_latest: bool, time: int) -> Version:
    if draft.is_latest == is_latest:
        return draft
    return dataclasses.replace(draft, is_latest=is_latest, updated=max(time, draft.updated))


def _is_entry(content: object, name: str, version: str) -> bool:
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


class _Stated(NamedTuple):
    """What upstream's official block says of a version; 0 for a time that it does not say."""

    lifecycle: VersionStatus | None
    published: int
    status_changed: int
    updated: int


_NOTHING = _Stated(None, 0, 0, 0)


def _stated(official: Mapping[str, object]) -> _Stated:
    said = (
        official.get("status"),
        official.get("statusMessage"),
        official.get("publishedAt"),
        official.get("statusChangedAt"),
        official.get("updatedAt"),
    )
    try:
        return _read_block(*said)
    except TypeError:  # a list or an object cannot be remembered, and says nothing
        return _read_block(*(one if isinstance(one, str) else None for one in said))


# Every commit that changes a server reads the blocks of all its versions: of 330,000 blocks in
# the history of 100,000 versions 100,000 are new.
@lru_cache(maxsize=65536)
def _read_block(
    status: object,
    message: object,
    published_at: object,
    status_changed_at: object,
    updated_at: object,
) -> _Stated:
    lifecycle = None
    if isinstance(status, str):
        lifecycle = _lifecycle(status, message if isinstance(message, str) else "")
    updated = _time(updated_at)
    # Records of 2025 have no statusChangedAt: an active version never changed status since then.
    since = 0 if status == Status.ACTIVE else updated
    return _Stated(lifecycle, _time(published_at), _time(status_changed_at) or since, updated)


@lru_cache(maxsize=1024)
def _lifecycle(status: str, message: str) -> VersionStatus | None:
    if status not in list(Status):
        return None
    return VersionStatus.model_construct(status=Status(status), message=message)


def _time(text: object) -> int:
    try:
        return timestamp.parse(text) if isinstance(text, str) else 0
    except ValueError:
        return 0
