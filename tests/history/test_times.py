"""Laws of time: no two changes share one, and each server's latest version is updated last."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings

from builder.catalogue.server import Server, Version
from builder.history import clock
from builder.model import timestamp
from tests.pull.life import Life, lives, mark, play, publish

NAME = "com.example/a"


def newest_row(server: Server) -> Version | None:
    """The version that a client shows which keeps the row of the greatest `updatedAt`.

    As in GitHub Copilot CLI 1.0.54: rows in the order of the list, a later one only if it is newer by
    JavaScript's clock, which counts milliseconds.
    """
    best: Version | None = None
    for version in sorted(server.visible, key=lambda version: version.version):
        if best is None or milliseconds(version) > milliseconds(best):
            best = version
    return best


def milliseconds(version: Version) -> int:
    return version.updated // clock.MILLISECOND


@given(lives)
@settings(max_examples=40, deadline=None)
def test_times_are_strictly_ordered_from_change_to_change(life: Life) -> None:
    times = [event.time for event in life.generations[-1].events]
    assert all(earlier < later for earlier, later in pairwise(times))
    written = [timestamp.render(time) for time in times]
    assert written == sorted(written), "they sort as text too"
    assert all(len(text) == len("2023-11-14T22:15:20.000001Z") for text in written)


@given(lives)
@settings(max_examples=40, deadline=None)
def test_a_change_is_not_dated_before_its_commit_nor_on_a_second_of_a_clock(life: Life) -> None:
    known, latest_date = 0, 0
    for commit, catalogue in zip(life.commits, life.generations, strict=True):
        latest_date = max(latest_date, timestamp.from_git(commit.time))
        for event in catalogue.events[known:]:
            assert event.time > latest_date
            assert event.time % (10 * clock.MICROSECOND)
        known = len(catalogue.events)


@given(lives)
@settings(max_examples=40, deadline=None)
def test_the_latest_version_is_the_one_updated_last(life: Life) -> None:
    for catalogue in life.generations:
        for server in catalogue.servers:
            latest = next(version for version in server.versions if version.is_latest)
            others = [milliseconds(one) for one in server.versions if one is not latest]
            assert all(other < milliseconds(latest) for other in others)
            if latest.visible:
                assert newest_row(server) is latest


def test_a_version_published_behind_the_latest_has_it_updated_too() -> None:
    life = play([publish(NAME, "2.0.0"), publish(NAME, "1.9.1"), mark(NAME, "1.9.1", "deprecated")])
    told = [(event.kind.value, event.version.version) for event in life.generations[-1].events]
    assert told == [
        ("published", "2.0.0"),
        ("published", "1.9.1"),
        ("metadata", "2.0.0"),
        ("status", "1.9.1"),
        ("metadata", "2.0.0"),
    ]
