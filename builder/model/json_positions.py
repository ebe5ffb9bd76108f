"""Where the values of a JSON document are in its text: line and column, as editors count them.

strict_yaml.py finds them too, also in texts that are not quite JSON. This is the fast way for a
document that has been read already: it looks only into the objects and lists that lead to a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from builder.model.strict_yaml import Path

# Numbers stay text: Python refuses to convert very long ones.
_READ = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
_SPACE = re.compile(r"[ \t\r\n]*")


def locator(data: bytes) -> Callable[[Path], tuple[int, int]]:
    """Return a function that returns line and column (from 1) of a value in a valid JSON text.

    If there is no value at the path (a missing key), these are the position of its nearest parent.
    """
    text = data.decode("utf-8")
    top = _after_space(text, 0)
    # A hostile document has thousands of keys and a finding for each.
    known: dict[int, dict[str | int, int]] = {}

    def find(path: Path) -> tuple[int, int]:
        start = top
        for step in path:
            if start not in known:
                known[start] = dict(_values(text, start))
            child = known[start].get(step)
            if child is None:
                break
            start = child
        return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)

    return find


def _values(text: str, start: int) -> Iterator[tuple[str | int, int]]:
    """Yield the key or index of each value in an object or list, and where the value begins."""
    if text[start] not in "{[":
        return
    index = 0
    at = _after_space(text, start + 1)
    while text[at] not in "}]":
        key: str | int = index
        if text[start] == "{":
            key, at = _READ(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        yield key, at
        _, at = _READ(text, at)
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
