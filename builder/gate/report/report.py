"""What a report tells: the findings, and the verdict that follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from builder.model.finding import Finding, Severity
from builder.model.verdict import NamespaceVerdict, Verdict
from builder.model.wording import counted

_VERDICTS = {
    Severity.ERROR: Verdict.REJECT,
    Severity.REVIEW: Verdict.REVIEW,
    Severity.WARNING: Verdict.ACCEPT,
    Severity.NOTE: Verdict.ACCEPT,
}


EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredWarnings:
    """How often a rule warns of mirrored entries, in how many files, and the first few of them."""

    rule: str
    count: int
    files: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The findings of a check, in the order of reports, and the verdict.

    `checked` says in words what was looked at. `base_url` is where the registry's site is, ""
    if that is not known: then findings have no links. A change that was judged has a `reason`
    for its verdict, and a verdict on each of its `namespaces`. `not_checked` says what could not
    be asked, and how it could be. Warnings about mirrored entries are counted in `mirrored`.
    """

    findings: tuple[Finding, ...]
    verdict: Verdict
    checked: str = ""
    base_url: str = ""
    reason: str = ""
    base: str = ""
    head: str = ""
    namespaces: tuple[NamespaceVerdict, ...] = ()
    not_checked: tuple[str, ...] = ()
    mirrored: tuple[MirroredWarnings, ...] = ()

    def url(self, finding: Finding) -> str:
        """Return the address of the rule's description; "" if the site's is not known."""
        return f"{self.base_url}/docs/rules/{finding.rule}/" if self.base_url else ""

    @property
    def rejected(self) -> bool:
        """Return whether something must be fixed, or a judged change may not be merged."""
        return self.verdict is Verdict.REJECT

    @property
    def notable(self) -> bool:
        """Return whether there is a finding that is more than a note."""
        return any(finding.severity is not Severity.NOTE for finding in self.findings)

    @property
    def counts(self) -> str:
        """How many findings there are, such as `2 errors, 1 warning`."""
        numbers = Counter(finding.severity for finding in self.findings)
        parts = {
            Severity.ERROR: counted(numbers[Severity.ERROR], "error"),
            Severity.REVIEW: f"{numbers[Severity.REVIEW]:,} to review",
            Severity.WARNING: counted(numbers[Severity.WARNING], "warning"),
            Severity.NOTE: counted(numbers[Severity.NOTE], "note"),
        }
        return ", ".join(text for kind, text in parts.items() if numbers[kind]) or "no findings"

    @property
    def worst_first(self) -> Sequence[Finding]:
        """The findings by severity, errors first; those of one severity in their order."""
        return sorted(self.findings, key=lambda finding: -finding.severity.rank)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict that follows from findings alone: the worst of them decides."""
    return max(
        (_VERDICTS[finding.severity] for finding in findings),
        default=Verdict.ACCEPT,
        key=lambda outcome: outcome.rank,
    )


def group_mirrored(
    findings: Iterable[Finding],
) -> tuple[list[Finding], tuple[MirroredWarnings, ...]]:
    """Take the warnings about mirrored entries out of findings, and count them by rule."""
    kept: list[Finding] = []
    paths: dict[str, list[str]] = {}
    for finding in findings:
        if finding.mirrored and finding.severity is Severity.WARNING:
            paths.setdefault(finding.rule, []).append(finding.path)
        else:
            kept.append(finding)
    groups = (
        MirroredWarnings(
            rule=rule,
            count=len(listed),
            files=len(set(listed)),
            examples=tuple(sorted(set(listed))[:EXAMPLES]),
        )
        for rule, listed in paths.items()
    )
    return kept, tuple(sorted(groups, key=lambda group: (-group.count, group.rule)))
