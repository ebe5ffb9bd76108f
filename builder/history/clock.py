"""A time of its own for every change of the registry: a function of the commits' dates alone.

Times never tie and never go back, so that a client which keeps the greatest `updatedAt` it has seen
and asks for what was updated later misses nothing. A change is dated one microsecond after the later
of its commit's date and the change before it. Microseconds that end in 0 are left out: a time then
has all six digits in writing and sorts as text too, and no client's own clock that counts seconds
or milliseconds reads the same as a change.
"""

from __future__ import annotations

from builder.model import timestamp

MICROSECOND = 1_000
MILLISECOND = 1_000_000

NOW = 1 << 63
"""Stands for the time of a change that has not got its time yet: later than any."""


def of_commit(committed: int, previous: int) -> int:
    """Return a commit's time, after that of the last change or commit before it.

    `committed` is git's date in seconds since 1970; the rest are nanoseconds.
    """
    return max(timestamp.from_git(committed), after(previous))


def after(time: int) -> int:
    """Return the next time that a change may have."""
    following = time // MICROSECOND + 1
    return (following + (following % 10 == 0)) * MICROSECOND


def after_millisecond(time: int, other: int) -> int:
    """Return the next time that a change may have and that is in a later millisecond than `other`.

    JavaScript's Date has milliseconds: to GitHub Copilot CLI, which shows the version of a server
    that was updated last, all times of one millisecond are the same.
    """
    return after(max(time, (other // MILLISECOND + 1) * MILLISECOND))


def may_be_change(time: int) -> bool:
    """Return whether a change could have this time, whatever the history."""
    return time % MICROSECOND == 0 and time % (10 * MICROSECOND) != 0
