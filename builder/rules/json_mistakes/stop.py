"""Where a parser of JSON stopped, and the mistake that is recognised there."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """A mistake: the fact, the fix, and the character at which it stands."""

    message: str
    help: str
    offset: int


class Stop(NamedTuple):
    """Where a parser stopped: the text, the character there, and the last one before it."""

    text: str
    at: int
    reason: str

    @property
    def rest(self) -> str:
        """The text from there on, 200 characters at most."""
        return self.text[self.at : self.at + 200]

    @property
    def previous(self) -> int:
        """The index of the last character before that is no white space; -1 for none."""
        return len(self.text[: self.at].rstrip()) - 1

    @property
    def before(self) -> str:
        """The last character before that is no white space; "" for none."""
        return self.text[self.previous] if self.previous >= 0 else ""

    @property
    def line(self) -> tuple[int, str]:
        """Where the line begins, and what of it stands before the place."""
        start = self.text.rfind("\n", 0, self.at) + 1
        return start, self.text[start : self.at]
