"""Timestamps: what upstream writes is read and written back unchanged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model import timestamp


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(0, 999_999_999))
def test_what_is_rendered_is_read_back(moment: datetime, nanoseconds: int) -> None:
    value = int(moment.replace(microsecond=0, tzinfo=UTC).timestamp()) * 10**9 + nanoseconds
    assert timestamp.parse(timestamp.render(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-08T23:47:09.452138Z",
        "2025-09-09T00:16:49.16262Z",
        "2023-11-14T22:13:20Z",
        "1969-12-31T23:59:59.9Z",
    ],
)
def test_upstream_text_survives(text: str) -> None:
    assert timestamp.render(timestamp.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2025-01-01T02:00:00+02:00", "2025-01-01T00:00:00Z"),
        ("2024-12-31T19:30:00.500-04:30", "2025-01-01T00:00:00.5Z"),
        ("2025-01-01t00:00:00z", "2025-01-01T00:00:00Z"),
    ],
)
def test_offsets(text: str, same: str) -> None:
    assert timestamp.render(timestamp.parse(text)) == same


@pytest.mark.parametrize(
    "text",
    ["", "2025-01-01", "2025-01-01 00:00:00Z", "2025-02-30T00:00:00Z", "2025-01-01T25:00:00Z", "2025-01-01T00:00:00",
     "2025-01-01T00:00:00+99:00", "2025-01-01T00:00:99Z", "٢٠٢٥-01-01T00:00:00Z", "0000-01-01T00:00:00Z",
     "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"],
)  # fmt: skip
def test_what_is_not_rfc_3339_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        timestamp.parse(text)


@given(
    st.text(max_size=40)
    | st.from_regex(
        r"(0001|1970|9999)-(01-01|12-31)[Tt](00:00:00|23:59:(59|60))(\.[0-9]{1,9})?([Zz]|[+-]2[0-3]:59)",
        fullmatch=True,
    )
)
def test_what_is_read_can_be_written(text: str) -> None:
    try:
        value = timestamp.parse(text)
    except ValueError:
        return
    assert timestamp.parse(timestamp.render(value)) == value


@given(
    st.from_regex(
        r"2025-09-0[89][Tt][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{0,11})?([Zz]|\+01:00)?",
        fullmatch=True,
    )
)
def test_a_known_hour_is_read_as_a_new_one_is(text: str) -> None:
    timestamp.parse("2025-09-09T00:00:00Z")
    assert _read(timestamp.parse, text) == _read(timestamp._parsed, text)


def _read(parse: Callable[[str], int], text: str) -> int | None:
    try:
        return parse(text)
    except ValueError:
        return None
