"""An item of upstream's as the policy sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builder.model import timestamp
from builder.policy.advisories import NO_ADVISORIES, Advisories
from builder.policy.entry import Load, PolicyEntry


def entry(
    name: str,
    version: str,
    server: Mapping[str, Any],
    official: Mapping[str, Any],
    now: int,
    previous: Load | None = None,
    known: Advisories = NO_ADVISORIES,
) -> PolicyEntry:
    """Return a version of upstream's as the policy sees it."""
    return PolicyEntry(
        name=name,
        version=version,
        load=lambda: server,
        load_previous=previous,
        status=status_of(official),
        published=published(official),
        now=now,
        known=known,
    )


def status_of(official: Mapping[str, Any]) -> str:
    """Return the status that upstream's block states: active if it states none."""
    stated = official.get("status")
    return stated if isinstance(stated, str) else "active"


def published(official: Mapping[str, Any]) -> int | None:
    """Return when upstream published a version, in nanoseconds since 1970; None if it does not say."""
    try:
        return timestamp.parse(str(official.get("publishedAt")))
    except ValueError:
        return None
