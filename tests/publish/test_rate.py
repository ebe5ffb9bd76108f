"""Limits for each subject and address: how much at once, how soon again, and how much is remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.publish import rate
from builder.publish.rate import RateLimit, network_of


@given(st.lists(st.floats(0, 300), min_size=1, max_size=60).map(sorted), st.integers(1, 20))
def test_no_minute_gives_more_than_the_bucket_and_what_comes_back(
    times: list[float], most: int
) -> None:
    limit = RateLimit(per_minute=most)
    given_at = [now for now in times if limit.take("alice", now) == 0]
    for start in given_at:
        assert sum(start <= now < start + 60 for now in given_at) <= 2 * most


def test_who_waits_as_long_as_told_is_let_in() -> None:
    limit = RateLimit(per_minute=3)
    assert [limit.take("alice", 0) for _ in range(4)] == [0, 0, 0, 20]
    assert limit.take("alice", 20) == 0
    assert limit.take("bob", 0) == 0


def test_any_number_of_addresses_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "_MOST", 10)
    limit = RateLimit(per_minute=1)
    for number in range(100):
        assert limit.take(f"address {number}", number / 10) == 0
    assert len(limit._buckets) <= 10
    assert limit.take("address 99", 10) > 0  # who came last is still known


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("testclient", "testclient", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, together: bool) -> None:
    assert (network_of(one) == network_of(other)) is together
