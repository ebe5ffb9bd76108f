"""What somebody wants to be written, and what came of it, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from builder.gate.report.report import Report
from builder.model.config import Config
from builder.model.finding import Severity
from builder.model.verdict import Verdict
from builder.ownership.proposer import Claim
from builder.publish import commit
from builder.publish.commit import Files
from builder.publish.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedWrite:
    """What somebody wants to be written: files on top of a commit, which they may depend on.

    `kind` is what is proposed: an entry, or a change to what is there. An administrator decides alone what others would have reviewed; `allowed` are the rules that
    do not hold an administrator back. `claim` is what the gate judges it by. `notes` are files
    that the registry itself adds once it is judged, on top of a commit; the other argument is the
    address of the request by which it is proposed, "" if it is written at once.
    """

    identity: Identity
    claim: Claim
    title: str
    kind: Literal["entry", "change"] = "change"
    files: Callable[[str], Files]
    notes: Callable[[str, str], Files] = lambda _tip, _address: {}
    is_admin: bool = False
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOutcome:
    """The gate's report on a proposal, and the commit that was made of it; "" if there is none."""

    report: Report
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A proposal on top of a commit, `tip`, with the gate's report on it.

    `made` is the commit of the proposed files, in memory; `is_accepted` whether it may be written.
    """

    tip: str
    files: Files
    report: Report
    made: commit.Made
    is_accepted: bool


def is_accepted(proposal: ProposedWrite, report: Report, config: Config) -> bool:
    """Return whether a proposal may be written without a person looking at it."""
    if proposal.is_admin:
        return not any(
            finding.severity is Severity.ERROR and finding.rule not in proposal.allowed
            for finding in report.findings
        )
    return report.verdict is Verdict.ACCEPT and not waits(report, config)


def waits(report: Report, config: Config) -> str:
    """Return why a change that is accepted must still be shown to others for a while; "" if not."""
    hours = config.policy.new_namespace_hours
    names = [namespace for namespace in report.namespaces if namespace.new or namespace.waits]
    if not hours or not names:
        return ""
    return f"{names[0].namespace} {names[0].waits or 'is new here'}, and others have {hours} hours to object"
