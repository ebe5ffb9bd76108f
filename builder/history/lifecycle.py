"""What the sidecars of a server state of its versions: lifecycle, times and origin.

A version has the status of status.yaml, else upstream's, else it is active. `publishedAt` and
`statusChangedAt` are upstream's where a mirror has them, else times of our own (design, section 3).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from builder.catalogue.server import Version
from builder.history.clock import NOW
from builder.model import timestamp
from builder.model.sidecars import (
    SidecarError,
    Status,
    StatusFile,
    Upstream,
    VersionStatus,
    read_status,
    read_upstream,
)

Model = TypeVar("Model")
ReadBlob = Callable[[str], bytes]
_ACTIVE = VersionStatus(status=Status.ACTIVE)
_UNREADABLE = StatusFile({"*": VersionStatus(status=Status.DELETED)})


@dataclass(frozen=True, slots=True)
class Sidecars:
    """The sidecars of one server, read: the blobs, and their contents (None: nothing usable)."""

    status_blob: str = ""
    upstream_blob: str = ""
    status: StatusFile | None = None
    upstream: Upstream | None = None

    def now(self, status_blob: str, upstream_blob: str, read: ReadBlob) -> Sidecars:
        """Return the sidecars of these blobs ("" for no file); only those that changed are read."""
        status, upstream = self.status, self.upstream
        if status_blob != self.status_blob:
            status = _status(status_blob, read)
        if upstream_blob != self.upstream_blob:
            upstream = _usable(read_upstream, upstream_blob, read)
        return Sidecars(status_blob, upstream_blob, status, upstream)

    def local(self, version: str) -> VersionStatus | None:
        """Return the status of a version in status.yaml."""
        return self.status.of(version) if self.status else None

    def agree(self, other: Sidecars, version: str) -> bool:
        """Return whether two states of the sidecars certainly state the same of a version."""
        if self.status is not other.status and self.local(version) != other.local(version):
            return False
        ours, theirs = self.upstream, other.upstream
        if ours is None or theirs is None or ours is theirs:
            return ours is theirs
        return (
            ours.versions.get(version) == theirs.versions.get(version)
            and ours.source == theirs.source
            and (not (ours.meta or theirs.meta) or _meta(ours, version) == _meta(theirs, version))
        )


class VersionFacts(NamedTuple):
    """Everything about a version but its document, its `isLatest` and its `updatedAt`.

    Times are nanoseconds since 1970, or NOW.
    """

    status: Status
    status_message: str
    published: int
    status_changed: int
    source: str
    meta: bytes

    def same_as(self, version: Version) -> bool:
        """Return whether these are the facts of a version already."""
        return (
            self.status is version.status
            and self.status_message == version.status_message
            and self.published == version.published
            and self.status_changed == version.status_changed
            and self.source == version.source
            and self.meta == version.meta
        )


def facts(version: str, old: Version | None, sidecars: Sidecars) -> VersionFacts:
    """Return the facts of a version after a commit; `old` is the version before it."""
    upstream = sidecars.upstream
    official = upstream.versions.get(version) if upstream else None
    stated = _NOTHING if official is None else _stated(official)
    local = sidecars.local(version)
    lifecycle = local or stated.lifecycle or _ACTIVE
    published = stated.published or (old.published if old else NOW)
    if official is not None and local is None:
        changed = stated.status_changed or published
    elif old is not None and old.status is lifecycle.status:
        changed = old.status_changed
    else:
        changed = NOW if old is not None or lifecycle.status is not Status.ACTIVE else published
    return VersionFacts(
        status=lifecycle.status,
        status_message=lifecycle.message,
        published=published,
        status_changed=changed,
        # Interned: tens of thousands of upstream.yaml name the same registry.
        source=sys.intern(upstream.source) if upstream and official is not None else "",
        meta=_meta(upstream, version) if upstream else b"",
    )


def _status(blob: str, read: ReadBlob) -> StatusFile | None:
    # What cannot be read may have withdrawn a version: then it hides all of them, and shows none.
    return (_usable(read_status, blob, read) or _UNREADABLE) if blob else None


def _usable(reader: Callable[[bytes], Model], blob: str, read: ReadBlob) -> Model | None:
    if not blob:
        return None
    try:
        return reader(read(blob))
    except SidecarError:
        return None


def _meta(upstream: Upstream, version: str) -> bytes:
    others = upstream.meta.get(version)
    # Not orjson: upstream may have an integer of more than 64 bits.
    return json.dumps(others, ensure_ascii=False, separators=(",", ":")).encode() if others else b""


class _Stated(NamedTuple):
    """What upstream's official block states of a version; 0 for a time that it does not have."""

    lifecycle: VersionStatus | None
    published: int
    status_changed: int


_NOTHING = _Stated(None, 0, 0)


def _stated(official: Mapping[str, object]) -> _Stated:
    status, message = official.get("status"), official.get("statusMessage")
    # Records of 2025 have no statusChangedAt: an active version never changed status since then.
    since = 0 if status == Status.ACTIVE else _time(official.get("updatedAt"))
    return _Stated(
        lifecycle=_lifecycle(status, message if isinstance(message, str) else "")
        if isinstance(status, str)
        else None,
        published=_time(official.get("publishedAt")),
        status_changed=_time(official.get("statusChangedAt")) or since,
    )


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
