"""The two readers of JSON documents, the fast one and the strict one, say the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from builder.model import server_json
from builder.model.server_json import MAX_DEPTH, DocumentError

_KEYS = st.sampled_from(["a", "b", "", "\u00e9", "$schema", "a b"]) | st.text(max_size=3)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)
_STRINGS = ("a", "a", "b", r"\u0061", r"\ud800", r"\ud83d\ude00", r"\/", r"\u001f", r"\n")
_TOKENS = st.sampled_from(
    [
        *(" ", "\n", *"{}[],:", "true", "null", "NaN", "Infinity"),
        *(f'"{text}"' for text in _STRINGS),
        *("0", "-0", "-0.0", "1.0", "1.10", "1e5", "1E400", "-1e-400"),
        *("9" * 20, "9" * 400, str(2**63), str(-(2**63) - 1)),
    ]
)


@st.composite
def _texts(draw: st.DrawFn) -> bytes:
    """JSON objects, some of them with a piece cut out or put in."""
    value = draw(st.dictionaries(_KEYS, _VALUES, max_size=3))
    text = json.dumps(
        value, indent=draw(st.sampled_from([None, 2])), ensure_ascii=draw(st.booleans())
    )
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + draw(st.sampled_from([0, 0, 3])))))
    put = draw(st.just("") | _TOKENS | st.text(max_size=1))
    return (text[:start] + put + text[end:]).encode("utf-8", "surrogatepass")


def _read(data: bytes, reader: Any) -> tuple[Any, ...]:
    # As text, because 1 is 1.0 and 0.0 is -0.0.
    try:
        return ("read", repr(reader(data)))
    except DocumentError as error:
        return ("refused", error.code, str(error), error.offset)


@given(_texts() | st.lists(_TOKENS, max_size=12).map(lambda some: "".join(some).encode()))
@example(b'{"a": 1, "a": 1}')
@example(b'{"":0,"":0}')
@example(b'{"a": [' + b"[" * (MAX_DEPTH - 2) + b"]" * (MAX_DEPTH - 2) + b"]}")
@example(b'{"a": [' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"]}")
@example(b'{"a": [' + b"[" * 2000 + b"]" * 2000 + b"]}")
@example(b"{" + b",".join(b'"%d": {"a": [{}]}' % n for n in range(MAX_DEPTH)) + b"}")
@example(b'\xef\xbb\xbf{"a": 1}')
@example(b'{"a": "\xed\xa0\x80"}')
@example(b'{"a": "\\\\ud800"}')
@example(b'{"a": 1e999}')
def test_a_document_reads_the_same_fast_and_strictly(data: bytes) -> None:
    assert _read(data, server_json.parse) == _read(data, server_json._parse_strictly)
