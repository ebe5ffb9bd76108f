"""A page is the same file whether its body is there or is made when it is asked for."""

from __future__ import annotations

from builder.model.page import Page


def test_pages_of_one_file_are_equal_whenever_they_are_made() -> None:
    made = Page("a.json", b"{}")
    late = Page("a.json", lambda: b"{}", inputs="1")
    assert made == late and hash(made) == hash(late)
    assert late != Page("a.json", b"[]")
    assert late.at("b.json") == Page("b.json", b"{}")


def test_another_path_does_not_make_a_page() -> None:
    calls = []

    def make() -> bytes:
        calls.append("made")
        return b"{}"

    moved = Page("a.json", make, inputs="1").at("b.json")
    assert (moved.path, moved.inputs, calls) == ("b.json", "1", [])
