"""Texts for people: a number with its noun, a text in which no character hides, one that is UTF-8."""

from __future__ import annotations

import re


def counted(number: int, noun: str) -> str:
    """Return a count with its noun: `1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def is_utf8(text: str) -> bool:
    """Return whether a text can be written as UTF-8: half of a surrogate pair, out of JSON, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# Control characters, line ends, bidirectional controls and half surrogate pairs.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """Return a text in which characters that move, hide or break a line are escapes (`\\u202e`)."""
    return _UNSAFE.sub(lambda match: _escape(match[0]), text)


def visible_lines(text: str) -> str:
    """Return a text of several lines in which no other character moves or hides anything."""
    return "\n".join(map(visible, text.split("\n")))


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
