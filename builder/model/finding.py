"""A finding: one problem in one file that somebody submitted, and where it is.

Findings are values. Rules and readers yield them; reports print them; nothing raises them.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How much a finding weighs; ordered from harmless to fatal by `rank`."""

    NOTE = "note"
    """Nothing is wrong: what a reader of the report may want to know."""
    WARNING = "warning"
    """Worth knowing. It holds nothing up."""
    REVIEW = "review"
    """A person must look at it before it is merged."""
    ERROR = "error"
    """Wrong: not merged, not built."""

    @property
    def rank(self) -> int:
        """0 for a note, 1 for a warning, 2 for review, 3 for an error."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem: which rule, where, the fact with its value and limit, and how to fix it.

    `path` is relative to the repository's root; `line` and `column` count from 1 and are None
    where the whole file is meant; `pointer` is a JSON Pointer (RFC 6901) into the document,
    "" for the document itself. `mirrored` is whether it is about an entry that another registry
    has published, so that nobody here can mend it.
    """

    rule: str
    severity: Severity
    path: str
    message: str
    help: str = ""
    pointer: str = ""
    line: int | None = None
    column: int | None = None
    mirrored: bool = False

    @property
    def sort_key(self) -> tuple[str, int, int, str, str, str]:
        """Path, then line and column, then rule: the order of every report."""
        position = (self.line or 0, self.column or 0)
        return (self.path, *position, self.rule, self.pointer, self.message)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
