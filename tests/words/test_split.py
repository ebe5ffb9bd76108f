"""Texts become words the same way in Python and in JavaScript."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builder.words.phrases import phrase_terms, phrases, term
from builder.words.split import LONGEST, camel_parts, split, telling
from builder.words.stem import stem


@given(st.text())
def test_words_are_clean(text: str) -> None:
    found = split(text)
    assert all(word == word.lower() and 0 < len(word) <= LONGEST for word in found)
    assert not {" ", "-", "_", "/"} & {sign for word in found for sign in word}
    assert all(ord(sign) < 0x10000 for word in found for sign in word)


@given(st.text(st.characters(max_codepoint=127)))
def test_text_in_ascii_is_split_as_any_other(text: str) -> None:
    assert (*split(text), "e") == split(f"{text} é")


def test_words_are_taken_apart() -> None:
    assert telling("GitHub Actions für MCP") == ("github", "actions", "fur")
    assert camel_parts("sqlClient for GitHub") == ["sql", "client", "git", "hub"]
    assert telling("API 氣象ひ") == ("api", "氣", "象", "ひ")


def test_a_phrase_is_one_word() -> None:
    known = phrases(["file system", "text to speech", "数据库", "single"])
    assert [*phrase_terms(_stems("Old file systems, text to speech"), known)] == [
        term("filesystem"),
        term("text to speech"),
    ]
    assert [*phrase_terms(_stems("我的数据库"), known)] == ["数据库"]


def _stems(text: str) -> list[str]:
    return [*map(stem, split(text))]
