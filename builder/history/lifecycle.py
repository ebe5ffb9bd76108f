"""What the sidecars of a server say of its versions: lifecycle, times and origin.

A version has the status of status.yaml, else upstream's, else it is active. Times are upstream's
where a mirror keeps them, else those of the commits (design, section 3).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from builder.catalogue.server import Version
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


class Sidecars(NamedTuple):
    """The sidecars of one server, read: the blobs, and what they say (None: nothing usable)."""

    status_blob: str = ""
    upstream_blob: str = ""
    status: StatusFile | None = None
    upstream: Upstream | None = None

    def now(self, status_blob: str, upstream_blob: str, read: ReadBlob) -> Sidecars:
        """Give the sidecars of these blobs ("" for no file); only those that changed are read."""
        status, upstream = self.status, self.upstream
        if status_blob != self.status_blob:
            status = _usable(read_status, status_blob, read)
        if upstream_blob != self.upstream_blob:
            upstream = _usable(read_upstream, upstream_blob, read)
        return Sidecars(status_blob, upstream_blob, status, upstream)

    def local(self, version: str) -> VersionStatus | None:
        """What status.yaml says of a version."""
        return self.status.of(version) if self.status else None

    def same(self, other: Sidecars, version: str) -> bool:
        """Tell whether two states of the sidecars certainly say the same of a version."""
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


class Said(NamedTuple):
    """What a version is beside its document; `theirs` is upstream's updatedAt, 0 if it has none."""

    status: Status
    status_message: str
    published: int
    status_changed: int
    source: str
    meta: bytes
    theirs: int


def said(version: str, old: Version | None, sidecars: Sidecars, time: int) -> Said:
    """Say what a version is as of a commit's time; `old` is what it was before."""
    upstream = sidecars.upstream
    official = upstream.versions.get(version) if upstream else None
    stated = _NOTHING if official is None else _stated(official)
    local = sidecars.local(version)
    lifecycle = local or stated.lifecycle or _ACTIVE
    published = stated.published or (old.published if old else time)
    if official is not None and local is None:
        changed = stated.status_changed or published
    elif old is not None and old.status is lifecycle.status:
        changed = old.status_changed
    else:
        changed = time if old is not None or lifecycle.status is not Status.ACTIVE else published
    return Said(
        status=lifecycle.status,
        status_message=lifecycle.message,
        published=published,
        status_changed=changed,
        source=upstream.source if upstream and official is not None else "",
        meta=_meta(upstream, version) if upstream else b"",
        theirs=stated.updated,
    )


def _usable(reader: Callable[[bytes], Model], blob: str, read: ReadBlob) -> Model | None:
    # A sidecar that is wrong at HEAD stops the build (source.py); in the past it said nothing.
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
    """What upstream's official block says of a version; 0 for a time that it does not say."""

    lifecycle: VersionStatus | None
    published: int
    status_changed: int
    updated: int


_NOTHING = _Stated(None, 0, 0, 0)


def _stated(official: Mapping[str, object]) -> _Stated:
    status, message = official.get("status"), official.get("statusMessage")
    updated = _time(official.get("updatedAt"))
    # Records of 2025 have no statusChangedAt: an active version never changed status since then.
    since = 0 if status == Status.ACTIVE else updated
    return _Stated(
        lifecycle=_lifecycle(status, message if isinstance(message, str) else "")
        if isinstance(status, str)
        else None,
        published=_time(official.get("publishedAt")),
        status_changed=_time(official.get("statusChangedAt")) or since,
        updated=updated,
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
