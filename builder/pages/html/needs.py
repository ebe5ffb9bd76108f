"""What a server needs: packages and remotes that ask for the same things share one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from builder.install import Launch, Need
from builder.model.wording import counted

LAUNCHES_SHOWN = 40
NEEDS_OPEN, NEEDS_SHOWN = 10, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedGroup:
    """Launches with the same needs: the first of these, and those one has to unfold.

    `title` says what is folded, `more` how many further ones only the JSON holds ("" if none).
    """

    launches: Sequence[Launch]
    needs: Sequence[Need]
    folded: Sequence[Need]
    title: str
    more: str


def needs(launches: Sequence[Launch]) -> list[NeedGroup]:
    """Group launches by what they need, in the order in which each need comes first."""
    by_needs: dict[tuple[Need, ...], list[Launch]] = {}
    for launch in launches[:LAUNCHES_SHOWN]:
        by_needs.setdefault(launch.needs, []).append(launch)
    return [_group(group, asked) for asked, group in by_needs.items()]


def _group(launches: Sequence[Launch], asked: Sequence[Need]) -> NeedGroup:
    if len(asked) <= NEEDS_OPEN:
        shown = len(asked)
    else:
        asked = sorted(asked, key=lambda need: (not need.required, not need.secret))
        shown = min(max(NEEDS_OPEN, sum(need.required for need in asked)), NEEDS_SHOWN)
    folded, more = asked[shown:NEEDS_SHOWN], len(asked) - NEEDS_SHOWN
    return NeedGroup(
        launches=launches,
        needs=asked[:shown],
        folded=folded,
        title=f"{counted(len(folded), 'more setting')}, all optional",
        more=counted(more, "more setting") if more > 0 else "",
    )
