"""What a commit did to a server: the versions before it and after it, told as events."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from operator import attrgetter

import orjson

from builder.catalogue.server import ChangeKind, Version
from builder.model.sidecars import Status


def differences(
    before: Mapping[str, Version], after: Mapping[str, Version], time: int
) -> Iterator[tuple[ChangeKind, Version]]:
    """Give each visible difference: its kind, and the version as it is now, in byte order.

    `time` is the commit's, nanoseconds since 1970.
    """
    changed = {text for text, new in after.items() if before.get(text) is not new}
    for text in sorted(changed | (before.keys() - after.keys())):
        old, new = before.get(text), after.get(text)
        if new is None:
            assert old is not None
            yield ChangeKind.REMOVED, _tombstone(old, time)
        elif old is None:
            yield ChangeKind.PUBLISHED, new
        elif not looks_like(new, old):
            yield _kind(old, new), new


def looks_like(new: Version, old: Version) -> bool:
    """Tell whether readers see no difference between two states of a version.

    Another blob with the same document differs in white space only, which nobody is shown.
    """
    return new is old or _shown(new) == _shown(old)


def _fields_but(*names: str) -> attrgetter[tuple[object, ...]]:
    return attrgetter(*(one.name for one in dataclasses.fields(Version) if one.name not in names))


_shown = _fields_but("blob")
_lasting = _fields_but("blob", "is_latest", "updated")


def _kind(old: Version, new: Version) -> ChangeKind:
    if (old.status, old.status_message) != (new.status, new.status_message):
        return ChangeKind.STATUS
    moved = old.is_latest != new.is_latest and _lasting(old) == _lasting(new)
    return ChangeKind.LATEST_MOVED if moved else ChangeKind.METADATA


def _tombstone(old: Version, time: int) -> Version:
    """What the log says of an entry removed by moderation: that it was, and nothing it held."""
    body = {"name": old.name, "description": "Removed by moderation.", "version": old.version}
    return dataclasses.replace(
        old,
        document=orjson.dumps(body),
        blob="",
        status=Status.DELETED,
        status_message="Removed by moderation.",
        status_changed=time,
        updated=max(time, old.updated),
        is_latest=False,
        meta=b"",
    )
