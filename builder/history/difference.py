"""What a commit did to a server: the differences between its versions before and after it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from operator import attrgetter

import orjson

from builder.catalogue.server import ChangeKind, Version
from builder.history.clock import NOW
from builder.model.exact_bytes import exact
from builder.model.sidecars import Status


def differences(
    before: Mapping[str, Version], after: Mapping[str, Version]
) -> Iterator[tuple[ChangeKind, Version]]:
    """Yield each visible difference: its kind, and the version after it, not yet dated.

    In byte order of the versions, but for the latest, which comes last.
    """
    changed = {text for text, new in after.items() if before.get(text) is not new}
    gone = before.keys() - after.keys()
    latest = [text for text in changed if after[text].is_latest]
    for text in [*sorted((changed | gone).difference(latest)), *latest]:
        old, new = before.get(text), after.get(text)
        if new is None:
            assert old is not None
            yield ChangeKind.REMOVED, _tombstone(old)
        elif old is None:
            yield ChangeKind.PUBLISHED, new
        elif not looks_like(new, old):
            yield _kind(old, new), new


def looks_like(new: Version, old: Version) -> bool:
    """Return whether readers see no difference between two states of a version.

    Another blob with the same document differs in white space only, which nobody is shown.
    """
    return new is old or _shown(new) == _shown(old)


def _fields_but(*names: str) -> attrgetter[tuple[object, ...]]:
    fields = dataclasses.fields(Version)
    return attrgetter(*(field.name for field in fields if field.name not in names))


_shown = _fields_but("blob", "logged")
_lasting = _fields_but("blob", "is_latest", "updated", "facts", "logged")
_but_overlay = _fields_but("blob", "overlay", "updated", "logged")
_but_facts = _fields_but("blob", "facts", "updated", "logged")


def _kind(old: Version, new: Version) -> ChangeKind:
    if (old.status, old.status_message) != (new.status, new.status_message):
        return ChangeKind.STATUS
    if old.overlay != new.overlay and _but_overlay(old) == _but_overlay(new):
        return ChangeKind.OVERLAY
    if old.facts != new.facts and _but_facts(old) == _but_facts(new):
        return ChangeKind.FACTS
    moved = old.is_latest != new.is_latest and _lasting(old) == _lasting(new)
    return ChangeKind.LATEST_MOVED if moved else ChangeKind.METADATA


def _tombstone(old: Version) -> Version:
    """Return what the log keeps of an entry removed by moderation: nothing of its contents."""
    body = {"name": old.name, "description": "Removed by moderation.", "version": old.version}
    return dataclasses.replace(
        old,
        document=exact(orjson.dumps(body)),
        blob="",
        status=Status.DELETED,
        status_message="Removed by moderation.",
        status_changed=NOW,
        updated=NOW,
        is_latest=False,
        meta=b"",
        overlay=b"",
        facts=b"",
    )
