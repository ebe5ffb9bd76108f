"""A function without arguments that is called once, whoever asks for what it gives.

`functools.cache` does the same in ten times the time: of these a build makes thousands, and calls few.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def once(make: Callable[[], Value]) -> Callable[[], Value]:
    """Return a function that returns what `make` makes, and calls it when first asked."""
    made: list[Value] = []

    def get() -> Value:
        if not made:
            made.append(make())
        return made[0]

    return get
