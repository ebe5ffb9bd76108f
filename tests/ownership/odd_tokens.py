"""Tokens whose header is not what a header should be, signed by nobody."""

from __future__ import annotations

import base64
from typing import Any

import orjson
from hypothesis import strategies as st

_NAMES = ("kid", "crit", "b64", "typ", "cty", "jwk", "jku", "x5c", "zip", "exp")
_PLAIN = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.sampled_from(("", *_NAMES))
_VALUES = st.recursive(
    _PLAIN, lambda one: st.lists(one, max_size=2) | st.dictionaries(st.sampled_from(_NAMES), one), max_leaves=4
)  # fmt: skip


def odd_tokens(claims: dict[str, Any], *algorithms: str) -> st.SearchStrategy[str]:
    """Tokens that say these claims, under headers of any types."""
    some = st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=3)
    named = st.builds(lambda alg, more: {"alg": alg, **more}, st.sampled_from(algorithms), some)
    return st.builds(lambda header: f"{_part(header)}.{_part(claims)}.AAAA", named | some | _VALUES)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")
