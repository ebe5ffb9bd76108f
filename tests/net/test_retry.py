"""Asking again: how often, how long between, and what comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.net.retry import RetryPolicy, send_with_retries

AWAY = "away"
OUTCOMES = st.sampled_from([200, 404, 429, 500, 503, AWAY])
WAITS = st.sampled_from([None, "0", "2", "3600", "soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])


@dataclass
class Server:
    """Gives one outcome after the other, and notes how long was waited between."""

    outcomes: list[tuple[int | str, str | None]]
    waits: list[float] = field(default_factory=list)
    asked: int = 0

    def answer(self) -> httpx.Response:
        status, after = self.outcomes[self.asked]
        self.asked += 1
        if not isinstance(status, int):
            raise httpx.ConnectError("nobody there")
        return httpx.Response(status, headers={"Retry-After": after} if after else {})


@settings(deadline=None)
@given(
    outcomes=st.lists(st.tuples(OUTCOMES, WAITS), min_size=5, max_size=5),
    tries=st.integers(1, 5),
)
def test_never_more_than_it_should(
    outcomes: list[tuple[int | str, str | None]], tries: int
) -> None:
    policy = RetryPolicy(tries=tries, first=0.5, longest=10)
    server = Server(outcomes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", server.waits.append)
        try:
            result: int | str = send_with_retries(server.answer, policy).status_code
        except httpx.ConnectError:
            result = AWAY
    assert 1 <= server.asked <= tries
    assert len(server.waits) == server.asked - 1
    assert all(0 <= seconds <= 10 for seconds in server.waits)
    # What comes back is the last thing that was heard, and good news ends the waiting.
    assert result == outcomes[server.asked - 1][0]
    assert all(status in (429, 500, 503, AWAY) for status, _ in outcomes[: server.asked - 1])
    asked_for_long = outcomes[server.asked - 1] in [(status, "3600") for status in (429, 500, 503)]
    assert server.asked == tries or result in (200, 404) or asked_for_long


def test_waits_twice_as_long_each_time() -> None:
    server = Server([(503, None)] * 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", server.waits.append)
        send_with_retries(server.answer, RetryPolicy(tries=4, first=0.5, longest=10))
    assert server.waits == [0.5, 1, 2]
