"""Which version of a server is the latest, decided step by step as the official registry does.

Its code decides, not its documentation. The answer depends on the order in which versions came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from builder.catalogue.server import Version
from builder.model.version import compare


def choose(before: Mapping[str, Version], drafts: Mapping[str, Version]) -> str | None:
    """Return the text of the latest version; None if there is no version.

    A new version takes the flag only if it compares strictly higher. A change of status (here
    also: a removal, or an addition that is deleted already) recomputes it over all.
    """
    if not drafts:
        return None
    current = next((text for text, version in before.items() if version.is_latest), None)
    if current is not None and current not in drafts:
        return _highest(drafts.values())
    added = []
    for text, draft in drafts.items():
        old = before.get(text)
        if old is None:
            added.append(draft)
        if not (draft.visible if old is None else draft.status is old.status):
            return _highest(drafts.values())
    best = drafts[current] if current is not None else None
    for draft in sorted(added, key=lambda draft: (draft.published, draft.version)):
        if best is None or _compare(draft, best) > 0:
            best = draft
    return best.version if best is not None else None


def _highest(drafts: Iterable[Version]) -> str:
    ordered = newest_first(drafts)
    candidates = [draft for draft in ordered if draft.visible] or list(ordered)
    best = candidates[0]
    for draft in candidates[1:]:
        if _compare(draft, best) > 0:
            best = draft
    return best.version


def _compare(left: Version, right: Version) -> int:
    return compare(left.version, right.version, left.published, right.published)


def newest_first(versions: Iterable[Version]) -> tuple[Version, ...]:
    """Sort versions by the time they were published, then by their text, both downwards."""
    return tuple(sorted(versions, key=lambda item: (item.published, item.version), reverse=True))
