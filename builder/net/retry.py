"""Ask again when a server is busy or away: how often, and how long between.

Used wherever the builder speaks HTTP. What an answer means is the caller's business.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import httpx


class HasStatus(Protocol):
    """An answer as far as a retry depends on it: its status, and its headers for `Retry-After`."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> httpx.Headers:
        """The headers."""


Answered = TypeVar("Answered", bound=HasStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How many `tries` there are, and the `first` and `longest` wait between them in seconds."""

    tries: int = 4
    first: float = 0.5
    longest: float = 30.0

    def wait(self, attempt: int, response: HasStatus | None) -> float:
        """Return the seconds to wait after a failed attempt (counted from 0).

        What `Retry-After` asks for, else twice as long each time.
        """
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        return float(asked) if asked.isdecimal() else self.first * 2**attempt


DEFAULT = RetryPolicy()
ONCE = RetryPolicy(tries=1)


def send_with_retries(send: Callable[[], Answered], policy: RetryPolicy) -> Answered:
    """Send until there is an answer other than 429 and 5xx, and return the last answer.

    The last attempt's httpx.TransportError is passed on. An answer that asks for a longer wait
    than `policy.longest` is returned at once.
    """
    for attempt in range(policy.tries - 1):
        response = None
        with contextlib.suppress(httpx.TransportError):
            response = send()
        if response is not None and not _busy(response):
            return response
        seconds = policy.wait(attempt, response)
        if response is not None and seconds > policy.longest:
            return response
        time.sleep(min(seconds, policy.longest))
    return send()


def _busy(response: HasStatus) -> bool:
    return response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.status_code >= 500
