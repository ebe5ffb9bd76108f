"""Dates of commits that cannot be right: what follows them is dated by them, for ever.

Times never go back along the main line (clock.py), so that one commit dated 2100 dates all that
follow. It cannot be mended once it is published; it can be known.
"""

from __future__ import annotations

from collections.abc import Sequence

from builder.model import timestamp
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG

RULE = "commit-date"
DAY = 24 * 3600
_UNREADABLE_HELP = (
    "it counts as made right after the commit before it; look at who made it, and how"
)
_AHEAD_HELP = (
    "set the clock of the machine that made it; if it is not published yet, make the commit anew"
)


def date_findings(line: Sequence[tuple[str, int]], now: int) -> list[Finding]:
    """Return the warnings about the dates of a main line, newest commit first.

    A date of 0 cannot be read. One that lies more than a day after its successor's, or after
    `now` (both in seconds since 1970), jumps ahead.
    """
    findings, highest = [], 0
    oldest_first = list(reversed(line))
    successors = [*(time for _, time in oldest_first[1:]), now]
    for (sha, time), successor in zip(oldest_first, successors, strict=True):
        if time == 0:
            findings.append(_warning(sha, "has no date that can be read", _UNREADABLE_HELP))
        elif time > highest:
            highest = time
            if 0 < successor < time - DAY:
                days = (time - successor) // DAY
                date = timestamp.render(timestamp.from_git(time))
                told = f"is dated {date}, {days:,} days ahead: what follows is dated after it"
                findings.append(_warning(sha, told, _AHEAD_HELP))
    return findings


def _warning(sha: str, told: str, help: str) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=CONFIG,
        message=f"commit {sha[:12]} {told}",
        help=help,
    )
