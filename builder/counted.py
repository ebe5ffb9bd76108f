"""Numbers as people read them, with the noun that they count."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Write a count with its noun: `1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
