"""The log is a sequence like any other, wherever its events are."""

from __future__ import annotations

from typing import Any, cast
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.catalogue import change_log
from builder.catalogue.change_log import Log
from builder.catalogue.server import Event

LENGTH = 4
events = st.lists(st.integers(), max_size=30)
bounds = st.one_of(st.none(), st.integers(-35, 35))


def stored(items: list[int], first: int) -> Log:
    """A log whose first events stand in blocks; what stands there is any value here."""

    def read(number: int) -> list[Event]:
        return cast("list[Event]", items[number * LENGTH : (number + 1) * LENGTH])

    blocks = [str(items[start : start + LENGTH]) for start in range(0, len(items), LENGTH)]
    return Log(cast("list[Event]", items[first:]), first=first, blocks=blocks, read=read)


@given(events, st.data(), bounds, bounds, st.sampled_from((None, 1, 2, -1)))
def test_slices_are_those_of_a_list(
    items: list[int], data: st.DataObject, start: int | None, stop: int | None, step: int | None
) -> None:
    with mock.patch.object(change_log, "LENGTH", LENGTH):
        found = stored(items, data.draw(st.integers(0, len(items))))
        assert found[start:stop:step] == items[start:stop:step]
        assert [*found] == items
        assert len(found) == len(items)
        for place in range(-len(items), len(items)):
            assert cast("Any", found[place]) == items[place]
        with pytest.raises(IndexError):
            found[len(items)]


@given(events, events, events, st.integers(0, 30), st.integers(0, 30))
def test_the_same_hash_means_the_same_events(
    common: list[int], one: list[int], other: list[int], start: int, stop: int
) -> None:
    left, right = common + one, common + other
    with mock.patch.object(change_log, "LENGTH", LENGTH):
        hashes = [stored(items, 0).fingerprint(start, stop) for items in (left, right)]
    whole = slice(start // LENGTH * LENGTH, -(-stop // LENGTH) * LENGTH)
    known = whole.start < stop <= -(-len(left) // LENGTH) * LENGTH
    assert bool(hashes[0]) == known
    if known:
        assert (hashes[0] == hashes[1]) == (left[whole] == right[whole])
