"""Reading a document that may hold anything anywhere, as Go's typed decoding would leave it.

A value of another type than expected reads as absent here: that it is wrong is for the rules on
the JSON Schema to say, once.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.rules.engine.rule import Steps

_WHITE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def trimmed(text: str) -> str:
    """Cut white space off both ends: Unicode's, as Go has it (Python's has four more)."""
    return text.strip(_WHITE)


def string(node: Any, key: str) -> str:
    """Return the string at a key of an object; "" for anything else, as Go's zero value is."""
    # Rules ask 40 times for an entry.
    if isinstance(node, dict) and isinstance(value := node.get(key), str):
        return value
    return ""


Listed = Sequence[tuple[Steps, Mapping[str, Any]]]
"""Objects of a list, each with the steps to it."""


def items(node: Any, key: str, *under: str | int) -> Listed:
    """Return the objects in the list at a key, each with the steps to it (`under` leads to `node`)."""
    value = node.get(key) if isinstance(node, dict) else None
    # Rules ask 70 times for an entry, mostly for what it has not.
    if not value or not isinstance(value, list):
        return ()
    return [
        ((*under, key, index), item) for index, item in enumerate(value) if isinstance(item, dict)
    ]


def arguments(package: Mapping[str, Any]) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    """Yield the runtime and the package arguments of a package, with the steps from the package."""
    yield from items(package, "runtimeArguments")
    yield from items(package, "packageArguments")


def transport(package: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the transport of a package; empty if it has none."""
    value = package.get("transport")
    return value if isinstance(value, dict) else {}


def quoted(value: Any, limit: int = 80) -> str:
    """Write a publisher's value for a message: as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def words(text: str) -> frozenset[str]:
    """Return the words of a list written as a text."""
    return frozenset(text.split())


# Control characters, formats that nobody sees, halves of pairs, and line ends of Unicode.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def invisible(text: str) -> str:
    """Return the first character of a text that ends a line or cannot be seen, "" if none does."""
    if text.isprintable():  # then there is none, whatever its letters
        return ""
    return next(
        (character for character in text if unicodedata.category(character) in _INVISIBLE), ""
    )


def code_point(character: str) -> str:
    """Return a character's code point as it is usually written, such as U+000A."""
    return f"U+{ord(character):04X}"
