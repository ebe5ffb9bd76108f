"""A deadline that is set anew again and again: it ends once, at its last time."""

from __future__ import annotations

import asyncio
import time

import pytest

from builder.serve.deadline import Deadline

STEP = 0.05


@pytest.mark.parametrize(
    ("settings", "ends"),
    [
        ([1], 1),
        ([1, 4], 4),
        ([4, 1], 1),
        ([4, 1, 3], 3),
        ([1, None], None),
        ([1, None, 3], 3),
        ([3, None, 1], 1),
    ],
)
def test_what_was_set_last_counts(settings: list[int | None], ends: int | None) -> None:
    called: list[tuple[int, float]] = []

    async def run() -> None:
        deadline, start = Deadline(asyncio.get_running_loop()), time.monotonic()
        for number, steps in enumerate(settings):
            if steps is None:
                deadline.drop()
            else:
                deadline.set(
                    steps * STEP,
                    lambda number=number: called.append((number, time.monotonic() - start)),  # type: ignore[misc]
                )
        await asyncio.sleep(6 * STEP)

    asyncio.run(run())
    assert [number for number, _ in called] == ([] if ends is None else [len(settings) - 1])
    assert all(after >= ends * STEP - 0.005 for _, after in called if ends)


def test_one_that_is_closed_never_ends() -> None:
    called: list[int] = []

    async def run() -> None:
        deadline = Deadline(asyncio.get_running_loop())
        deadline.set(STEP, lambda: called.append(1))
        deadline.close()
        await asyncio.sleep(2 * STEP)

    asyncio.run(run())
    assert not called
