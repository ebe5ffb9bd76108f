"""A server and its versions as a reader sees them, and the events of the change log."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from builder.model import timestamp
from builder.model.server_json import OFFICIAL
from builder.model.sidecars import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of one server, as it is shown. Times are nanoseconds since 1970.

    `document` is the publisher's JSON, compact, content unchanged; `source` is the base URL of
    the registry it was mirrored from, "" if it was published here; `meta` is a JSON object with what
    upstream had beside the official block, or empty.
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

    @property
    def visible(self) -> bool:
        """Tell whether default reads show it: deleted versions are hidden."""
        return self.status is not Status.DELETED

    @property
    def key(self) -> tuple[str, str]:
        """Name, then version, both in byte order: the order of every list."""
        return self.name, self.version

    @property
    def namespace(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    def official(self) -> dict[str, Any]:
        """The registry's own block of metadata, in the key order of the official API."""
        message = {"statusMessage": self.status_message} if self.status_message else {}
        return {
            "status": self.status.value,
            "statusChangedAt": timestamp.render(self.status_changed),
            **message,
            "publishedAt": timestamp.render(self.published),
            "updatedAt": timestamp.render(self.updated),
            "isLatest": self.is_latest,
        }

    def content(self) -> dict[str, Any]:
        """The publisher's document, parsed anew at each call."""
        parsed: dict[str, Any] = orjson.loads(self.document)
        return parsed

    def item(self, **extra: Any) -> bytes:
        """The version as the API gives it: `{"server": ..., "_meta": {...}}`, JSON in UTF-8.

        `extra` are further keys of the outer `_meta`. The shape is upstream's ServerResponse.
        """
        meta = orjson.dumps({OFFICIAL: self.official(), **extra})
        if self.meta:  # put beside it as it is: a number may be larger than orjson writes
            meta = b"%b,%b" % (meta[:-1], self.meta[1:])
        return b'{"server":%b,"_meta":%b}' % (self.document, meta)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server: all its versions, newest published first (then by version, highest first)."""

    name: str
    versions: tuple[Version, ...]

    @property
    def count(self) -> int:
        """The number of its versions."""
        return len(self.versions)

    @property
    def namespace(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    @property
    def visible(self) -> tuple[Version, ...]:
        """The versions that default reads show, newest first."""
        return tuple(version for version in self.versions if version.visible)

    def version(self, text: str) -> Version | None:
        """Find one of its versions by its text."""
        return next((version for version in self.versions if version.version == text), None)

    @property
    def latest(self) -> Version | None:
        """The version flagged latest, if default reads show it."""
        return next(
            (version for version in self.versions if version.is_latest and version.visible), None
        )


class LateServer(Server):
    """A server whose versions are read when they are asked for; their number is known before."""

    __slots__ = ("_count", "_found", "_read")
    _count: int
    _found: tuple[Version, ...] | None
    _read: Callable[[], tuple[Version, ...]]

    def __init__(self, name: str, count: int, read: Callable[[], tuple[Version, ...]]) -> None:
        values = {"name": name, "_count": count, "_found": None, "_read": read}
        for slot, value in values.items():
            object.__setattr__(self, slot, value)

    def __reduce__(self) -> tuple[Callable[..., Server], tuple[()]]:
        """Go to another process as a server that is read."""
        return partial(Server, name=self.name, versions=self.versions), ()

    @property
    def count(self) -> int:
        """The number of its versions; reads none."""
        return self._count

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, read at the first call."""
        if self._found is None:
            object.__setattr__(self, "_found", self._read())
        found: tuple[Version, ...] = self._found or ()
        return found


class ChangeKind(enum.StrEnum):
    """What happened to a version."""

    PUBLISHED = "published"
    STATUS = "status"
    METADATA = "metadata"
    LATEST_MOVED = "latest-moved"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of the change log: what happened, and the version as it was right after.

    `sequence` counts from 1 without gaps; `time` is the event's own, nanoseconds since 1970, later
    than that of every event before it.
    """

    sequence: int
    time: int
    kind: ChangeKind
    version: Version


def version_row(version: Version) -> list[Any]:
    """Give everything about a version but its name; the blob's id stands for the document."""
    # Only a tombstone has no blob; its document is short.
    return [
        version.version,
        version.blob,
        version.status.value,
        version.status_message,
        version.published,
        version.status_changed,
        version.updated,
        version.is_latest,
        version.source,
        version.meta.decode(),
        "" if version.blob else version.document.decode(),
    ]
