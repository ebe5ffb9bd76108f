"""Text of publishers, made fit to be shown."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from builder.pages.html.text import clean, encoded

ANY = st.text(
    st.characters() | st.sampled_from("\x00\x1f\x7f\x85\u202e\u2066\ufdd0\ufffe\U0001ffff")
)


@given(ANY)
def test_cleaned_text_holds_nothing_that_misleads(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert clean(cleaned) == cleaned
    for sign in cleaned:
        assert sign in "\t\n\r" or unicodedata.category(sign) not in {"Cc", "Cs"}
        assert ord(sign) & 0xFFFE != 0xFFFE and not 0xFDD0 <= ord(sign) <= 0xFDEF
        assert unicodedata.bidirectional(sign) not in {
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "PDF",
            "RLI",
            "LRI",
            "PDI",
            "FSI",
        }


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_letters_of_any_script_stay(text: str) -> None:
    assert clean(text) == text


@given(st.lists(ANY).map("·\n".join))
def test_a_page_is_cleaned_like_any_text(text: str) -> None:
    assert encoded(text) == clean(text).encode()
    assert clean(text) == "".join(map(clean, text))
