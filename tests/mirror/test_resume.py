"""From when on the next run asks upstream for changes."""

from __future__ import annotations

from pathlib import Path

from builder.mirror.standing import resume
from builder.model import timestamp
from builder.model.server_json import OFFICIAL
from tests.mirror.upstream import SOURCE, apply, item

NOW = timestamp.parse("2026-01-01T00:00:00Z")


def test_the_next_walk_begins_before_what_the_last_one_may_have_missed(tmp_path: Path) -> None:
    # Published while a walk was past its name: older than what the walk met at its end.
    missed, met = "2025-03-01T11:58:00Z", "2025-03-01T12:00:00.5Z"
    assert resume(tmp_path, SOURCE, NOW) is None
    for name, time in (("zz.example/last", met), ("com.example/odd", "yesterday")):
        one = item(name)
        one["_meta"][OFFICIAL]["updatedAt"] = time
        apply(tmp_path, [one])
    since = resume(tmp_path, SOURCE, NOW)
    assert since is not None
    assert timestamp.parse(since) < timestamp.parse(missed) < timestamp.parse(met)
    assert resume(tmp_path, "https://another.example.com", NOW) is None


def test_what_is_held_by_its_age_is_asked_for_again(tmp_path: Path) -> None:
    apply(tmp_path, [item()])
    week = 7 * 24 * 3600 * timestamp.SECOND
    since = resume(tmp_path, SOURCE, timestamp.parse("2025-01-03T00:00:00Z"), week)
    assert since is not None and timestamp.parse(since) < timestamp.parse("2024-12-28T00:00:00Z")
