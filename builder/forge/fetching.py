"""A pull request fetched as git objects, within bounds, and its facts as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from builder.forge.forge import Forge
from builder.gate.report.report import Report
from builder.git import quarantine
from builder.git.bounds import MAINTAINER, PUBLISHER, Excess
from builder.git.repository import Repository
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS
from builder.model.verdict import Verdict
from builder.ownership.change_request import ChangeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedChange:
    """The head that was fetched, and who proposes it.

    `refusal` is the report on a head that is too large: then nothing of it was kept.
    """

    head: str
    request: ChangeRequest
    refusal: Report | None = None


def fetch(
    repository: Repository, forge: Forge, number: int, origin: str, trigger: bytes
) -> FetchedChange:
    """Fetch a pull request's commits from a remote as git objects; nothing is checked out.

    Its facts are read anew, except for who pushed: only the event that started the workflow
    (`trigger`) knows, and it counts while its head is still the head. Raises RepositoryError if
    the head moved meanwhile, so that its objects are not what was fetched.
    """
    described = forge.describe(number, trigger)
    others = {
        other.number: other.head
        for other in forge.open_pull_requests(described.base)
        if other.number != number
    }
    request = replace(described, open_requests=others)
    bounds = MAINTAINER if request.claim.internal else PUBLISHER
    # What is fetched stays reachable under a ref of our own: no clean-up takes it away.
    ref, target = forge.ref(number), f"refs/mcp-registry/pull/{number}"
    try:
        quarantine.fetch(repository, origin, ref, target, bounds, token=forge.token)
    except Excess as excess:
        refusal = _refusal(repository.commit("HEAD"), request.head, excess)
        return FetchedChange(head=request.head, request=request, refusal=refusal)
    return FetchedChange(head=repository.commit(request.head), request=request)


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
