"""Other open requests whose commits a head brings along: merging would close them, unpublished.

A forge takes a request for merged as soon as its head is part of the branch. The gate merges no
commit of anybody's (builder/forge/merging.py), but a maintainer at the forge's own button does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ValidationError

from builder.git.change import Change
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS


class _Event(BaseModel):
    open_requests: Mapping[int, str] = {}


def contained(change: Change, event: bytes) -> Iterator[Finding]:
    """Name the open requests that a change contains; `event` lists their numbers and heads.

    RegistryError if the event is none.
    """
    try:
        requests = _Event.model_validate_json(event).open_requests
    except ValidationError as error:
        raise RegistryError(f"not a pull request event: {error.errors()[0]['msg']}") from error
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
