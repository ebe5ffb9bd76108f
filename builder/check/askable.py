"""Which rules of a table to ask about an entry: those about what it holds."""

from __future__ import annotations

from collections.abc import Iterable

from builder.rules.engine.rule import Rule
from builder.rules.engine.subject import Entry

Rules = tuple[Rule[Entry], ...]


class Askable:
    """A table of rules. Entries mostly hold the same few parts, for which the choice is made once."""

    def __init__(self, table: Iterable[Rule[Entry]]) -> None:
        self._table = tuple(table)
        self._chosen: dict[int, Rules] = {}

    def about(self, entry: Entry) -> Rules:
        """Return the rules that may find something in an entry that can be read, in their order."""
        parts = entry.parts
        chosen = self._chosen.get(parts)
        if chosen is None:
            chosen = tuple(rule for rule in self._table if not rule.about or rule.about & parts)
            self._chosen[parts] = chosen
        return chosen
