"""What a mirror run did: one line a version, and what an operator has to look at."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field

from builder.model.finding import Finding


class MirrorOutcome(enum.StrEnum):
    """What became of one upstream version."""

    ADDED = "added"
    CONTENT = "content changed"
    METADATA = "metadata updated"
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    HELD = "held for review"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MirrorEntry:
    """One line of the report: a version, what became of it, and why."""

    name: str
    version: str
    outcome: MirrorOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A mirrored server that the policy would not take in today, and its versions not deleted."""

    name: str
    versions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ImplausibleTime:
    """A version whose `updatedAt` upstream dates later than its own clock."""

    name: str
    version: str
    text: str


@dataclass(slots=True)
class MirrorReport:
    """What a mirror run did, entry by entry in byte order.

    `findings` are what the rules find in what came in (it is kept all the same), `apart` what of it
    breaks the current schema and how, `unlisted` what upstream no longer lists, `unwanted` what
    stands here although the policy excludes it, `taken_over` the servers that come from here now,
    and where they came from before.
    """

    entries: list[MirrorEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    apart: list[tuple[str, str, str]] = field(default_factory=list)
    unlisted: list[tuple[str, str]] = field(default_factory=list)
    unwanted: list[Unwanted] = field(default_factory=list)
    implausible: list[ImplausibleTime] = field(default_factory=list)
    taken_over: list[tuple[str, str]] = field(default_factory=list)

    def counts(self) -> Counter[MirrorOutcome]:
        """Return how many versions met each outcome."""
        return Counter(entry.outcome for entry in self.entries)

    @property
    def changed_content(self) -> list[MirrorEntry]:
        """The versions whose document is another than the one that was published before."""
        return [entry for entry in self.entries if entry.outcome is MirrorOutcome.CONTENT]
