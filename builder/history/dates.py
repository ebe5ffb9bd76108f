"""Dates of commits that cannot be right: what follows them is dated by them, for ever.

Times never go back along the main line (clock.py), so that one commit dated 2100 dates all that
follow. Once it is published it cannot be mended, only known: a warning of every build. Before that
it is an error of the change that brings it.
"""

from __future__ import annotations

from collections.abc import Sequence

from builder.model import timestamp
from builder.model.finding import Finding, Severity
from builder.model.layout import CONFIG

RULE = "commit-date"
DAY = 24 * 3600
SUMMARY = "A commit is dated by its day."
EXPLANATION = (
    "Times of changes never go back, so that one commit dated 2100 dates all that follow it. In a pull "
    "request it is an error; once it is published, every build warns of it."
)
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
            findings.append(_unreadable(sha, Severity.WARNING))
        elif time > highest:
            highest = time
            if 0 < successor < time - DAY:
                findings.append(_ahead(sha, time, successor, Severity.WARNING))
    return findings


def proposed_date_findings(commits: Sequence[tuple[str, int]], now: int) -> list[Finding]:
    """Return the errors about the dates of commits that are proposed, in seconds since 1970; 0 is unreadable."""
    unreadable = [_unreadable(sha, Severity.ERROR) for sha, time in commits if time == 0]
    ahead = [_ahead(sha, time, now, Severity.ERROR) for sha, time in commits if time > now + DAY]
    return unreadable + ahead


def _unreadable(sha: str, severity: Severity) -> Finding:
    return _finding(sha, "has no date that can be read", _UNREADABLE_HELP, severity)


def _ahead(sha: str, time: int, expected: int, severity: Severity) -> Finding:
    days = (time - expected) // DAY
    date = timestamp.render(timestamp.from_git(time))
    fact = f"is dated {date}, {days:,} days ahead: what follows is dated after it"
    return _finding(sha, fact, _AHEAD_HELP, severity)


def _finding(sha: str, fact: str, help: str, severity: Severity) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        path=CONFIG,
        message=f"commit {sha[:12]} {fact}",
        help=help,
    )
