"""The gate's verdict on a publication, as an answer of the official API (contract, section 1.7).

Nothing is decided here. Of several refusals the one counts that the official API would have met
first: who may publish (403), what the document says (422), then what is here already (400).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from builder import rules
from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.verdict import Verdict
from builder.pages.api.problem import ProblemDocument
from builder.publish.draft import location_of_pointer
from builder.publish.identity import Identity

NOT_YOURS = frozenset({"not-the-owner", "namespace-unproved"})
DUPLICATES = frozenset({"version-changed", "version-used-up"})
_OF_DOCUMENTS = frozenset(rule.code for rule in rules.ENTRY_RULES) - {
    # What the official API says only when everything else is right.
    "publisher-meta-too-large",
    "blank-version",
    "unsupported-registry-type",
}
FAILED = "Failed to publish server"
SCHEMA = f"{FAILED}, invalid schema: call /validate for details"


def refusal(report: Report, identity: Identity, name: str) -> ProblemDocument:
    """Return the answer to a publication that the gate did not accept."""
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    if any(error.rule in NOT_YOURS for error in errors):
        return forbidden(identity, "publish", name, listed(errors))
    if any(error.rule in _OF_DOCUMENTS for error in errors):
        return ProblemDocument(422, "Unprocessable Entity", SCHEMA, listed(errors))
    if errors or report.verdict is Verdict.REJECT:
        shown = listed(errors) or ({"message": report.reason},)
        return ProblemDocument(400, "Bad Request", FAILED, shown)
    return in_review(report)


def in_review(report: Report) -> ProblemDocument:
    """Return the answer to what a person must look at first."""
    findings = [finding for finding in report.findings if finding.severity is Severity.REVIEW]
    detail = f"This must be looked at by a maintainer of the registry first: {report.reason}"
    return ProblemDocument(409, "Conflict", detail, listed(findings))


def forbidden(
    identity: Identity, action: str, name: str, errors: Sequence[Mapping[str, Any]] = ()
) -> ProblemDocument:
    """Return the answer to somebody who may not do something to a server."""
    granted = [
        permission.resource for permission in identity.permissions if permission.action == action
    ]
    detail = (
        f"You do not have permission to {action} this server. You have permission to {action}: "
        f"{', '.join(granted) or 'nothing'}. Attempting to {action}: {name}"
    )
    return ProblemDocument(403, "Forbidden", detail, tuple(errors))


def listed(findings: Iterable[Finding]) -> tuple[Mapping[str, Any], ...]:
    """Return findings as the errors of a problem document: message, place, and rule."""
    return tuple(
        {
            "message": _message(finding),
            "location": f"body.{location_of_pointer(finding.pointer)}".rstrip("."),
            "value": finding.rule,
        }
        for finding in findings
    )


def _message(finding: Finding) -> str:
    text = f"{finding.message} ({finding.help})" if finding.help else finding.message
    if finding.rule in DUPLICATES:
        return f"invalid version: cannot publish duplicate version: {text}"
    return text
