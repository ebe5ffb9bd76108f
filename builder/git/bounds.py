"""How much of a proposed change is read: bounds that are asked before anything is read.

Whoever proposes a change chooses its objects, and 76 KiB of them can name a million paths. Sizes
are asked for first, and reading stops at the first bound that is met.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024
DEPTH = 32
"""Folders inside one another. The registry's own files stand in 3, the builder's in 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBounds:
    """What is read of one change at most. All sizes are bytes."""

    pack: int
    """What is fetched, compressed."""
    seconds: int
    """Of processor time that git takes to check what is fetched."""
    commits: int
    """Commits that the head has and the base has not."""
    objects: int
    """Objects of these commits that the base has not."""
    size: int
    """All these objects as git keeps them, compressed."""
    folders: int
    """The listings of changed folders, beyond the size of those that they take the place of."""
    paths: int
    """Files that the change adds, replaces or removes."""
    namespaces: int
    """Namespaces in which these files are: each may cost look-ups on the network."""
    entry: int
    """One entry."""
    entries: int
    """All entries and signatures that the change adds or replaces."""
    sidecars: int
    """All sidecars that it adds or replaces. YAML takes ten times longer to read than JSON."""
    findings: int
    """Findings after which no more entries are looked at."""


PUBLISHER = ChangeBounds(
    pack=16 * MIB,
    seconds=10,
    commits=250,
    objects=10_000,
    size=16 * MIB,
    folders=8 * MIB,
    paths=1_000,
    namespaces=20,
    entry=64 * KIB,
    entries=4 * MIB,
    sidecars=256 * KIB,
    findings=2_000,
)
"""For anybody's change: checked in at most 5 s and 300 MiB."""

MAINTAINER = ChangeBounds(
    pack=1024 * MIB,
    seconds=600,
    commits=10_000,
    objects=2_000_000,
    size=1024 * MIB,
    folders=256 * MIB,
    paths=1_000_000,
    namespaces=1_000_000,
    entry=8 * MIB,
    entries=4096 * MIB,
    sidecars=1024 * MIB,
    findings=20_000,
)
"""For a branch of the registry's own repository: a whole upstream registry comes in as one change."""


class Excess(Exception):
    """A change is larger than what is read of one: the text says which bound was met.

    `rule` is the code of the finding that says so.
    """

    def __init__(self, text: str, rule: str = "change-too-large") -> None:
        super().__init__(text)
        self.rule = rule


def require(number: int, limit: int, what: str, rule: str = "change-too-large") -> None:
    """Raise Excess if a number is above its limit: "{number} {what}, at most {limit} are read"."""
    if number > limit:
        raise Excess(f"{number:,} {what}, at most {limit:,} are read", rule)
