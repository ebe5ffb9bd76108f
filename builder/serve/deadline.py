"""A time by which something must have happened, set anew with every request of a connection."""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable

_TICK = 0.002
"""Seconds by which a loop's clock may be behind its timers."""


class Deadline:
    """Calls a function when its time has come, unless it is set anew or dropped before.

    A timer of the loop takes longer to make and to cancel than a ready answer to send. So one that
    is there is left to run, and looks when it ends whether there is more to wait for.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._timer: TimerHandle | None = None
        self._ends = self._at = 0.0
        self._call: Callable[[], None] | None = None

    def set(self, seconds: float, call: Callable[[], None]) -> None:
        """Call a function after so many seconds, and nothing that was set before."""
        self._at, self._call = self._loop.time() + seconds, call
        if self._timer is None or self._at < self._ends:
            self._start(seconds)

    def drop(self) -> None:
        """Call nothing."""
        self._call = None

    def close(self) -> None:
        """Call nothing, ever."""
        self._call = None
        if self._timer is not None:
            self._timer.cancel()

    def _start(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._ends = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._ended)

    def _ended(self) -> None:
        self._timer = None
        call, left = self._call, self._at - self._loop.time()
        if call is None:
            return
        if left > _TICK:
            self._start(left)
            return
        self._call = None
        call()
