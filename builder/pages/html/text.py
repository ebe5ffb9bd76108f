"""What publishers wrote, made fit to be shown: text without traps.

Escaping is the templates' business; here go the characters that no escaping makes safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from builder import timestamp

# Control characters and noncharacters are not allowed in HTML and XML; the bidirectional ones
# make text read as something else than it is (https://trojansource.codes). One pattern for all
# planes would take 1 ms for a page, the one for the first plane takes 0.08 ms.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    "\ufffe\uffff\ud800-\udfff]"
)
_UNFIT_ABOVE = re.compile(
    f"[{''.join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))}]"
)
_NANOSECONDS = 1_000_000_000


def clean(value: Any) -> str:
    """Give a string with unfit characters replaced by U+FFFD; "" for anything but a string."""
    if not isinstance(value, str):
        return ""
    text = _UNFIT.sub("\ufffd", value)
    if text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text):
        return text
    return _UNFIT_ABOVE.sub("\ufffd", text)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Give the objects of a JSON array; nothing for any other value."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def date(nanoseconds: int) -> str:
    """Write a time (nanoseconds since 1970) as a day in UTC, `2025-12-31`."""
    return datetime.fromtimestamp(nanoseconds // _NANOSECONDS, UTC).date().isoformat()


def instant(nanoseconds: int) -> str:
    """Write a time (nanoseconds since 1970) to the second, `2025-12-31T23:59:59Z`."""
    return timestamp.render(nanoseconds // _NANOSECONDS * _NANOSECONDS)


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 server`, `1,055 servers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
