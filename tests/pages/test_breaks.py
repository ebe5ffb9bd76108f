"""Lines end where a reader expects it, and what is marked stays text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from builder.pages.html.breaks import breakable, with_days


def test_names_break_after_a_slash() -> None:
    assert breakable("io.github.a/b-c") == "io.github.a/<wbr>b-c"


def test_days_stay_whole() -> None:
    assert with_days("on 2026-01-31.") == "on <time>2026-01-31</time>."
    assert with_days("12026-01-31, 2026-01-310") == "12026-01-31, 2026-01-310"


@given(st.text())
def test_nothing_but_the_marks_is_added(text: str) -> None:
    assert breakable(text).replace("<wbr>", "") == escape(text)
    assert with_days(text).replace("<time>", "").replace("</time>", "") == escape(text)
