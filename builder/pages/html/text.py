"""What publishers wrote, made fit to be shown: text without traps, links that are links.

Escaping is the templates' business; here go the characters that no escaping makes safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from builder import timestamp

# Control characters and noncharacters are not allowed in HTML and XML; the bidirectional ones
# make text read as something else than it is (https://trojansource.codes).
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff"
    + "".join(
        f"{chr((plane << 16) + 0xFFFE)}{chr((plane << 16) + 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)
_NANOSECONDS = 1_000_000_000


def clean(value: Any) -> str:
    """Give a string with unfit characters replaced by U+FFFD; "" for anything but a string."""
    return _UNFIT.sub("\ufffd", value) if isinstance(value, str) else ""


def https(value: Any) -> str:
    """Give the address if it is an https one with a host and no login in it, or ""."""
    text = clean(value).strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return ""
    return text if usable and not re.search(r"[\s\ufffd]", text) else ""


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Give the objects of a JSON array; nothing for any other value."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def mapping(value: Any) -> dict[str, Any]:
    """Give a JSON object, or an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def date(nanoseconds: int) -> str:
    """Write a time (nanoseconds since 1970) as a day in UTC, `2025-12-31`."""
    return datetime.fromtimestamp(nanoseconds // _NANOSECONDS, UTC).date().isoformat()


def instant(nanoseconds: int) -> str:
    """Write a time (nanoseconds since 1970) to the second, `2025-12-31T23:59:59Z`."""
    return timestamp.render(nanoseconds // _NANOSECONDS * _NANOSECONDS)


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 server`, `1,055 servers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
