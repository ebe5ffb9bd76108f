"""The values of a judgement: decisions, a verdict for each namespace, and one for the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from builder.model.finding import Finding, Severity
from builder.model.verdict import NamespaceVerdict, Verdict

_SEVERITY = {Verdict.REVIEW: Severity.REVIEW, Verdict.REJECT: Severity.ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One reason for a verdict, as a sentence.

    With a `rule` it is also a finding at `path`; without one, other findings say it already.
    """

    verdict: Verdict
    reason: str
    rule: str = ""
    path: str = ""
    help: str = ""

    def finding(self) -> Finding | None:
        """Return the decision as a finding, None if it is none."""
        if not self.rule or self.verdict is Verdict.ACCEPT:
            return None
        return Finding(
            rule=self.rule,
            severity=_SEVERITY[self.verdict],
            path=self.path,
            message=self.reason,
            help=self.help,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on going from exactly `base` to exactly `head` (full commit ids).

    `findings` say what is missing; they come beside those of the rules.
    """

    base: str
    head: str
    verdict: Verdict
    reason: str
    namespaces: tuple[NamespaceVerdict, ...]
    findings: tuple[Finding, ...]


def worst(decisions: Iterable[Decision]) -> Decision:
    """Return the decision that counts: the worst, of several the first. There must be one."""
    return max(decisions, key=lambda decision: decision.verdict.rank)
