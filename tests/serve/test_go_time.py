"""Which times Go's time.Parse takes, and what it makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model import timestamp
from builder.serve import go_time

NOON = timestamp.parse("2025-08-07T12:00:00Z")


@given(
    st.integers(timestamp.parse("0001-01-01T00:00:00Z"), timestamp.parse("9999-12-31T23:59:59Z"))
)
def test_what_the_builder_writes_is_read_back(time: int) -> None:
    assert go_time.parse(timestamp.render(time)) == time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-08-07T12:00:00,5Z", NOON + 500_000_000),
        ("2025-08-07T12:00:00.1234567899Z", NOON + 123_456_789),
        ("2025-08-07T9:00:00-03:00", NOON),
        ("2025-08-08T12:60:00Z", None),
        ("2025-08-08T12:00:00+24:00", NOON),
        ("2025-08-08T13:00:00+24:60", NOON),
        ("2024-02-29T00:00:00Z", timestamp.parse("2024-02-29T00:00:00Z")),
        ("0000-01-01T00:00:00Z", timestamp.parse("0001-01-01T00:00:00Z") - 366 * timestamp.DAY),
        ("2025-08-07t12:00:00Z", None),
        ("2025-08-07T12:00:00z", None),
        ("2016-12-31T23:59:60Z", None),
        ("2025-08-07T12:00:00.Z", None),
        ("2025-08-07T12:00:00+25:00", None),
        ("2025-08-07T12:00:00+00:61", None),
        ("2025-08-07T12:00:00 00:00", None),
        ("2025-08-07 12:00:00Z", None),
        ("2025-02-29T00:00:00Z", None),
        ("2025-00-10T00:00:00Z", None),
        ("2025-08-07", None),
        ("", None),
    ],
)
def test_forms(text: str, expected: int | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match=r"RFC 3339|no such"):
            go_time.parse(text)
    else:
        assert go_time.parse(text) == expected
