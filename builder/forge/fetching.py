"""A pull request fetched as git objects, within bounds, and its facts as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from builder.forge.github import GitHub, PullRequest
from builder.gate.report.report import Report
from builder.git import quarantine
from builder.git.bounds import MAINTAINER, PUBLISHER, Excess
from builder.git.repository import Repository
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS
from builder.model.verdict import Verdict
from builder.ownership.proposer import read_event


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedChange:
    """The head that was fetched, and the pull request's facts as JSON in the shape of an event.

    `refusal` is the report on a head that is too large: then nothing of it was kept.
    """

    head: str
    event: bytes
    refusal: Report | None = None


def fetch(
    repository: Repository, github: GitHub, number: int, origin: str, trigger: bytes
) -> FetchedChange:
    """Fetch a pull request's commits from a remote as git objects; nothing is checked out.

    Its facts are read anew, except for who pushed: only the event that started the workflow
    (`trigger`) knows, and it counts while its head is still the head. Raises RepositoryError if
    the head moved meanwhile, so that its objects are not what was fetched.
    """
    pull = github.pull_request(number)
    others = {
        str(other.number): other.head
        for other in github.open_pull_requests(pull.base)
        if other.number != number
    }
    event = orjson.dumps(
        {
            "number": number,
            "pull_request": pull.document,
            "open_requests": others,
            **_pusher(trigger, pull),
        }
    )
    bounds = MAINTAINER if read_event(event).internal else PUBLISHER
    # What is fetched stays reachable under a ref of our own: no clean-up takes it away.
    ref, target = f"refs/pull/{number}/head", f"refs/mcp-registry/pull/{number}"
    try:
        quarantine.fetch(repository, origin, ref, target, bounds, token=github.token)
    except Excess as excess:
        refusal = _refusal(repository.commit("HEAD"), pull.head, excess)
        return FetchedChange(head=pull.head, event=event, refusal=refusal)
    return FetchedChange(head=repository.commit(pull.head), event=event)


def _pusher(trigger: bytes, pull: PullRequest) -> dict[str, Any]:
    event = orjson.loads(trigger or b"{}")
    told = event.get("pull_request") or {}
    if told.get("number") != pull.number or told["head"]["sha"] != pull.head:
        return {}
    return {key: event[key] for key in ("action", "sender") if key in event}


def _refusal(base: str, head: str, excess: Excess) -> Report:
    reason = f"the change is too large to be read: {excess}"
    finding = Finding(
        rule=excess.rule,
        severity=Severity.ERROR,
        path=SERVERS,
        message=reason,
        help="split it into several pull requests, each of one commit on the base branch",
    )
    return Report(findings=(finding,), verdict=Verdict.REJECT, reason=reason, base=base, head=head)
