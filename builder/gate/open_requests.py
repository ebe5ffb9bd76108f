"""Other open requests whose commits a head brings along: merging would close them, unpublished.

A forge takes a request for merged as soon as its head is part of the branch. The gate merges no
commit of anybody's (builder/forge/merging.py), but a maintainer at the forge's own button does.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.git.change import Change
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS
from builder.ownership import pull_request_event


def contained(change: Change, event: bytes) -> Iterator[Finding]:
    """Name the open requests that a change contains; `event` lists their numbers and heads.

    RegistryError if the event is none.
    """
    requests = pull_request_event.read(event).open_requests
    # The same head in two requests takes nothing from either: they propose the same.
    brought = {*change.commits} - {change.head}
    for number, head in sorted(requests.items()):
        if head in brought:
            yield Finding(
                rule="other-request",
                severity=Severity.ERROR,
                path=SERVERS,
                message=f"the head contains commit {head[:12]}, the head of the open request #{number}",
                help="begin a branch at the base branch, and bring only your own files there",
            )
