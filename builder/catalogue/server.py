"""A server and its versions as a reader sees them, and the events of the change log."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from builder.model.facts import Facts
from builder.model.server_json import OFFICIAL
from builder.model.sidecars import Status
from builder.model.timestamp import render
from builder.policy import not_upstream


class ChangeKind(enum.StrEnum):
    """What happened to a version."""

    PUBLISHED = "published"
    STATUS = "status"
    METADATA = "metadata"
    OVERLAY = "overlay"
    FACTS = "facts"
    LATEST_MOVED = "latest-moved"
    REMOVED = "removed"


class LogEntry(NamedTuple):
    """Where a change stands in the log: its number in the log's tree, from 0, and its event.

    In the tree there are entries between the events (trust/leaf.py), so that `number` runs ahead
    of `sequence`.
    """

    number: int
    sequence: int
    time: int
    kind: ChangeKind


NOT_LOGGED = LogEntry(-1, 0, 0, ChangeKind.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one server, as it is shown. Times are nanoseconds since 1970.

    `document` is the publisher's JSON, compact, content unchanged; `source` is the base URL of the
    registry it was mirrored from, "" if it was published here; `meta` is a JSON object with the
    further keys of upstream's `_meta`, or empty; `overlay` is one with what this registry says of
    it (model/overlay.py), or empty; `facts` is one with what commands found out (model/facts.py),
    of the latest version alone; `logged` is its last change.
    """

    name: str
    version: str
    document: bytes
    blob: str
    status: Status
    status_message: str
    published: int
    status_changed: int
    updated: int
    is_latest: bool
    source: str = ""
    meta: bytes = b""
    overlay: bytes = b""
    facts: bytes = b""
    logged: LogEntry = NOT_LOGGED

    def replaced(self, **changes: Any) -> Version:
        """Return the version with other values in some fields.

        As dataclasses.replace does, in a third of its time: each replay makes about two for an event.
        """
        copy = object.__new__(Version)
        for put, value in zip(_PUT, _values(self), strict=False):
            put(copy, value)
        for name, value in changes.items():
            _PUT_BY_NAME[name](copy, value)
        return copy

    def settle(self, time: int, undated: int, logged: LogEntry) -> None:
        """Put a time wherever this has `undated`, and as its `updated`, and where its change is logged.

        For who has just made it, and has not given it to anybody: a copy for every event of a
        replay takes a twentieth of it.
        """
        if self.published == undated:
            _PUT_BY_NAME["published"](self, time)
        if self.status_changed == undated:
            _PUT_BY_NAME["status_changed"](self, time)
        _PUT_BY_NAME["updated"](self, time)
        _PUT_BY_NAME["logged"](self, logged)

    @property
    def visible(self) -> bool:
        """Whether default reads show it: deleted versions are hidden."""
        return self.status is not Status.DELETED

    @property
    def key(self) -> tuple[str, str]:
        """Name, then version, both in byte order: the order of every list."""
        return self.name, self.version

    @property
    def namespace(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    def official(self) -> str:
        """Return the registry's own block of metadata as JSON, in the key order of the official API."""
        # By hand, since each event's item is hashed for the log: a dict costs half as much again.
        first = render(self.published)
        since = first if self.status_changed == self.published else render(self.status_changed)
        updated = first if self.updated == self.published else render(self.updated)
        said = orjson.dumps(self.status_message).decode() if self.status_message else ""
        message = f'"statusMessage":{said},' if said else ""
        latest = "true" if self.is_latest else "false"
        return (
            f'{{"status":"{self.status}","statusChangedAt":"{since}",{message}'
            f'"publishedAt":"{first}","updatedAt":"{updated}","isLatest":{latest}}}'
        )

    def content(self) -> dict[str, Any]:
        """Return the publisher's document, parsed anew at each call."""
        parsed: dict[str, Any] = orjson.loads(self.document)
        return parsed

    def registry_word(self) -> dict[str, Any]:
        """Return what the registry itself says of the version, parsed anew at each call."""
        parsed: dict[str, Any] = orjson.loads(self.overlay) if self.overlay else {}
        return parsed

    def known_facts(self) -> Facts:
        """Return what commands found out about the server, read anew at each call."""
        return Facts.model_validate_json(self.facts) if self.facts else _NO_FACTS

    def item(self, extension: str) -> bytes:
        """Return the version as the API shows it: upstream's ServerResponse, JSON in UTF-8.

        What the registry says stands in the outer `_meta` under its `extension` namespace.
        """
        return b"".join(self.item_halves(extension))

    def item_halves(self, extension: str) -> tuple[bytes, bytes]:
        """Return the same in two halves, between which further keys of the outer `_meta` may stand."""
        own = self._own_blocks(extension)
        more = b"," + orjson.dumps(own)[1:-1] if own else b""
        block = self.official().encode()
        first = b"".join((b'{"server":', self.document, b',"_meta":{', _OFFICIAL, block, more))
        # Joined as text: a number in it may be larger than orjson writes.
        return first, b",%b}" % self.meta[1:] if self.meta else b"}}"

    def _own_blocks(self, extension: str) -> dict[str, Any]:
        """Return what this registry says beside the official block, by the keys of the outer `_meta`."""
        own: dict[str, Any] = {}
        is_granted = False
        if self.overlay and (word := self.registry_word()):
            own[f"{extension}/overlay"] = word
            is_granted = word.get("granted", False)
        if (
            self.blob
            and not self.source
            and (is_granted or not not_upstream.is_publishable(self.blob, self.document))
        ):
            own[f"{extension}/upstream"] = {"publishable": False}
        if self.facts:
            known = self.known_facts()
            blocks = {"facts": known.block(), "proof": known.proof_block(self.version)}
            own |= {f"{extension}/{name}": block for name, block in blocks.items() if block}
        return own


_OFFICIAL = f'"{OFFICIAL}":'.encode()
_NO_FACTS = Facts()
_FIELDS = tuple(field.name for field in fields(Version))
_values = attrgetter(*_FIELDS)
# What sets a field of a version that is just being made.
_PUT_BY_NAME = {name: getattr(Version, name).__set__ for name in _FIELDS}
_PUT = tuple(_PUT_BY_NAME.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class Server:
    """One server: its name, and all its versions, read when they are asked for.

    `count` is the number of its versions, known without reading one; `load` reads them, newest
    published first (then by version, highest first).
    """

    name: str
    count: int
    load: Callable[[], tuple[Version, ...]]

    @classmethod
    def of(cls, name: str, versions: tuple[Version, ...]) -> Server:
        """Return a server whose versions are read already."""
        return cls(name=name, count=len(versions), load=lambda: versions)

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """All its versions, newest published first (then by version, highest first)."""
        return self.load()

    def __eq__(self, other: object) -> bool:
        """Return whether two servers have the same name and versions, read by now or not."""
        return isinstance(other, Server) and (
            (self.name, self.versions) == (other.name, other.versions)
        )

    def __hash__(self) -> int:
        """Return a hash by the name, which reads nothing."""
        return hash(self.name)

    def __reduce__(self) -> tuple[Callable[..., Server], tuple[str, tuple[Version, ...]]]:
        """Go to another process with the versions, which it could not read."""
        return Server.of, (self.name, self.versions)

    @property
    def namespace(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    @cached_property
    def visible(self) -> tuple[Version, ...]:
        """The versions that default reads show, newest first."""
        return tuple(version for version in self.versions if version.visible)

    def version(self, text: str) -> Version | None:
        """Return one of its versions, None if it has none of that text."""
        return next((version for version in self.versions if version.version == text), None)

    @cached_property
    def latest(self) -> Version | None:
        """The version flagged latest, None if default reads do not show it."""
        return next(
            (version for version in self.versions if version.is_latest and version.visible), None
        )


@dataclass(frozen=True, kw_only=True)
class BlockedServer:
    """A server of which the registry blocks these versions, which nobody is shown; without any, a name
    that is blocked before there is such a server.
    """

    name: str
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the change log: what happened, and the version as it was right after.

    `sequence` counts from 1 without gaps; `time` is the event's own, nanoseconds since 1970, later
    than that of every event before it; `commit` is the id of the commit that brought it. `state` is
    the digest of what the registry held after that commit (trust/state.py): of its last event, if
    that changed; else "".
    """

    sequence: int
    time: int
    kind: ChangeKind
    version: Version
    commit: str = ""
    state: str = ""
