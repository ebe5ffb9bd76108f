"""The decision: the first line that matches an entry, found without asking every line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import merge

from builder.model.policy_rule import Do
from builder.policy.entry import PolicyEntry
from builder.policy.lines import Path, PolicyLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDecision:
    """What the policy does with an entry, why, and the line that says so (`()`: none matched)."""

    do: Do
    because: str
    path: Path = ()


ACCEPTED = PolicyDecision(do="accept", because="no line of the policy is about it")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLines:
    """An ordered list of lines, with an index of those that are about exact names.

    Of 500 lines about single names and namespaces two or three are asked about an entry.
    """

    lines: tuple[PolicyLine, ...]
    about: dict[str, list[int]] = field(repr=False)
    general: list[int] = field(repr=False)

    def decide(self, entry: PolicyEntry, *, entering: bool = True) -> PolicyDecision:
        """Return what becomes of an entry; `entering` is whether it is not here yet."""
        name = entry.name.lower()
        own = self.about.get(name, []), self.about.get(f"{name.partition('/')[0]}/", [])
        for number in merge(*own, self.general):
            line = self.lines[number]
            if (entering or not line.entering) and line.matches(entry):
                return PolicyDecision(do=line.do, because=line.reason(entry), path=line.path)
        return ACCEPTED

    @property
    def longest_age(self) -> int:
        """The longest age that a line measures, in nanoseconds: so long a version may have to wait."""
        return max((line.age for line in self.lines), default=0)

    @property
    def needs_advisories(self) -> bool:
        """Whether a line asks for advisories."""
        return any(line.needs_advisories for line in self.lines)

    def __bool__(self) -> bool:
        """Return whether there is any line."""
        return bool(self.lines)


def indexed(lines: Iterable[PolicyLine]) -> PolicyLines:
    """Return lines with their index."""
    listed = tuple(lines)
    about: dict[str, list[int]] = {}
    general: list[int] = []
    for number, line in enumerate(listed):
        if line.names is None:
            general.append(number)
        for name in line.names or ():
            about.setdefault(name, []).append(number)
    return PolicyLines(lines=listed, about=about, general=general)
