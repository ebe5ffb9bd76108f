"""Where a line may end: after the slash of a server's name, never inside a day.

Browsers end a line after each hyphen of `2026-01-31`, and cut a name that has none anywhere.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_DAY = re.compile(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])")


def breakable(name: str) -> Markup:
    """Return a server's name, or an address, whose line may end after each slash."""
    return Markup(str(escape(name)).replace("/", "/<wbr>"))


def with_days(text: str) -> Markup:
    """Return a text whose days are marked as such; the style sheet keeps them on a line."""
    escaped = escape(text)
    return Markup(_DAY.sub(_marked, str(escaped))) if "-" in escaped else escaped


def _marked(day: re.Match[str]) -> str:
    return f"<time>{day[0]}</time>"
