"""The fast way to find a value in a JSON text finds it where the slow one does."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder.model import json_positions, strict_yaml

# ASCII: strict_yaml.py does not find a key with a character that YAML refuses.
_KEYS = st.sampled_from(["a", "b", "packages", "", '"', "\\"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
_PATHS = st.lists(_KEYS | st.integers(0, 3), max_size=4)


def _paths(value: Any) -> list[tuple[str | int, ...]]:
    if not isinstance(value, (dict, list)):
        return [()]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [(), *((key, *path) for key, one in inner for path in _paths(one))]


@given(st.dictionaries(_KEYS, _VALUES, max_size=3), st.booleans(), st.data())
def test_a_value_is_found_where_a_reader_of_yaml_finds_it(
    value: dict[str, Any], ascii_only: bool, data: st.DataObject
) -> None:
    indent = data.draw(st.sampled_from([None, 2, "\r\n "]), "indent")
    start = data.draw(st.sampled_from(["", "\n ", "\r\n"]), "start")
    text = (start + json.dumps(value, indent=indent, ensure_ascii=ascii_only)).encode()
    find, find_slowly = json_positions.locator(text), strict_yaml.locator(text)
    for path in [*_paths(value), *data.draw(st.lists(_PATHS, max_size=3), "paths")]:
        assert find(path) == find_slowly(path)


def test_a_number_of_any_length_can_stand_before_a_value() -> None:
    assert json_positions.locator(b'{"a": ' + b"9" * 5000 + b',\n "b": 1}')(("b",)) == (2, 7)
