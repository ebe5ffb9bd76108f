"""The time that one exchange of a request and its answer may take, enforced at every read.

httpx bounds each read alone: a server that sends a byte now and then would never be too slow.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx


@dataclass(slots=True)
class Budget:
    """Time for one exchange: `seconds`, and more as long as bytes come at `rate` a second.

    Without a rate the seconds are all there is.
    """

    seconds: float
    rate: float = math.inf
    received: int = 0
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Return the seconds that are left; httpx.ReadTimeout if there are none."""
        left = self.began + self.seconds + self.received / self.rate - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout(f"the answer takes too long (more than {self.seconds:g} s)")
        return left

    def bound(self, timeout: float | None) -> float:
        """Return a timeout no longer than what is left."""
        return self.left() if timeout is None else min(timeout, self.left())


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current() -> Budget | None:
    """Return the budget of the exchange that is under way in this thread."""
    return _CURRENT.get()


@contextmanager
def spending(budget: Budget) -> Iterator[None]:
    """Let everything that is read and written inside count against a budget."""
    token = _CURRENT.set(budget)
    try:
        yield
    finally:
        _CURRENT.reset(token)
