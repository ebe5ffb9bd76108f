"""Laws of the change log: it is the registry, told in order."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from builder.catalogue.server import ChangeKind, Event
from tests.pull.life import Life, folded, lives, mirror, play, publish, reformat, truth

NAME = "com.example/a"


@given(lives)
@settings(max_examples=60, deadline=None)
def test_folding_the_log_gives_the_registry_at_every_commit(life: Life) -> None:
    for catalogue in life.generations[-5:]:
        assert folded(catalogue.events) == truth(catalogue)


@given(lives)
@settings(max_examples=40, deadline=None)
def test_the_log_is_numbered_without_gaps_in_time_order_and_only_grows(life: Life) -> None:
    log = life.generations[-1].events
    assert [event.sequence for event in log] == list(range(1, len(log) + 1))
    assert list(log) == sorted(log, key=lambda event: event.time)
    for earlier in life.generations:
        assert [*earlier.events] == log[: len(earlier.events)]
        assert all(event.time <= earlier.time for event in earlier.events)


@given(lives, st.data())
@settings(max_examples=40, deadline=None)
def test_a_replay_in_steps_gives_what_one_replay_gives(life: Life, data: st.DataObject) -> None:
    stops = sorted(data.draw(st.lists(st.integers(0, len(life.commits)), max_size=3)))
    assert life.replayed(*stops) == life.generations[-1]


@given(lives)
@settings(max_examples=40, deadline=None)
def test_every_event_is_a_visible_change_and_is_called_what_it_is(life: Life) -> None:
    before: dict[tuple[str, str], Event] = {}
    for event in life.generations[-1].events:
        old = before.pop(event.version.key, None)
        assert (old is None) == (event.kind is ChangeKind.PUBLISHED)
        if event.kind is not ChangeKind.REMOVED:
            before[event.version.key] = event
        if old is not None:
            assert event.version.item("x") != old.version.item("x") or _source_changed(old, event)
            _check_kind(old, event)


def _source_changed(old: Event, new: Event) -> bool:
    return old.version.source != new.version.source


def _check_kind(old: Event, new: Event) -> None:
    left, right = old.version, new.version
    says = (left.status, left.status_message) != (right.status, right.status_message)
    if new.kind is ChangeKind.STATUS:
        assert says
    elif new.kind is ChangeKind.LATEST_MOVED:
        assert left.is_latest != right.is_latest
        assert right == dataclasses.replace(
            left,
            is_latest=right.is_latest,
            updated=right.updated,
            blob=right.blob,
            logged=right.logged,
        )
    elif new.kind is ChangeKind.OVERLAY:
        assert left.overlay != right.overlay
        assert right == dataclasses.replace(
            left, overlay=right.overlay, updated=right.updated, blob=right.blob, logged=right.logged
        )
    elif new.kind is ChangeKind.METADATA:
        assert not says


@given(lives)
@settings(max_examples=40, deadline=None)
def test_updated_at_is_the_time_of_the_last_event_that_is_more_than_a_lost_flag(life: Life) -> None:
    updated: dict[tuple[str, str], int] = {}
    for event in life.generations[-1].events:
        key, version = event.version.key, event.version
        lost_flag = event.kind is ChangeKind.LATEST_MOVED and not version.is_latest
        assert version.updated == (updated[key] if lost_flag else event.time)
        updated[key] = version.updated


def kinds(life: Life) -> list[str]:
    return [event.kind.value for event in life.generations[-1].events]


def test_other_white_space_is_no_change() -> None:
    life = play([publish(NAME, "1.0.0"), reformat(NAME, "1.0.0")])
    assert kinds(life) == ["published"]


def official(updated: str) -> dict[str, str]:
    return {"status": "active", "publishedAt": "2023-01-01T00:00:00Z", "updatedAt": updated}


def test_an_update_upstream_that_changes_nothing_visible_is_no_change() -> None:
    first = mirror(NAME, {"1.0.0": official("2023-01-01T00:00:00Z")}, "One.")
    life = play([first, mirror(NAME, {"1.0.0": official("2040-01-01T00:00:00Z")}, "One.")])
    assert kinds(life) == ["published"]
