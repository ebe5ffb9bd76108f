"""Whether a change is what its list of files says: decided before anybody is asked who made it."""

from __future__ import annotations

from collections.abc import Iterator

from builder.git.change import Change
from builder.model.layout import SERVERS
from builder.model.verdict import Verdict
from builder.ownership.decisions import Decision

_MOST = 20
"""Folders that are named at most."""


def decide(change: Change) -> Iterator[Decision]:
    """Refuse a change of which it is not clear, or not shown, what merging it would bring."""
    if len(change.merge_bases) != 1:
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"the head and the base branch have {len(change.merge_bases)} best common "
            "ancestors instead of one, so it is not clear what merging would bring",
            rule="merge-base",
            path=SERVERS,
            help="start a new branch from the base branch and bring the change there",
        )
    if change.excess is not None:
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"the change is too large to be read: {change.excess}",
            rule=change.excess.rule,
            path=SERVERS,
            help="split it into several pull requests, each of one commit on the base branch",
        )
    for folder in change.unlisted[:_MOST]:
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"{folder or 'the top folder'!r} holds something that is no file: an empty folder, a file "
            "mode or a name that git does not write",
            rule="unlisted-content",
            path=folder or SERVERS,
            help="commit the files anew with git, on the base branch",
        )
