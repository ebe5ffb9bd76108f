"""What a change does to one namespace, judged: a table of questions, each with its decisions.

Everything about owners is read from the base branch. From the head come only the files that the
change adds or replaces, as git objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.git.change import Action, Touch
from builder.git.records import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK
from builder.model.finding import Severity
from builder.model.layout import Kind, namespace_path
from builder.model.sidecars import SidecarError
from builder.model.verdict import Verdict
from builder.model.wording import counted
from builder.ownership import address_owner, earlier_decisions, owners_change, proofs, signed_files
from builder.ownership.decisions import Decision
from builder.ownership.namespace_change import NamespaceChange, mirror_record
from builder.ownership.proof import Case
from builder.ownership.proposer import NOBODY

if TYPE_CHECKING:
    from builder.ownership.ci_run import CiRun

# What never changes once it has landed, and the rule that says so (builder/rules/published.py has
# those on entries): the same code and path is reported once.
_NEVER_CHANGES = {
    (Kind.ENTRY, Action.REPLACE): "version-changed",
    (Kind.ENTRY, Action.REMOVE): "version-removed",
    (Kind.SIGNATURE, Action.REPLACE): "signature-changed",
    (Kind.SIGNATURE, Action.REMOVE): "signature-changed",
    (Kind.BUNDLE, Action.REPLACE): "signature-changed",
    (Kind.BUNDLE, Action.REMOVE): "signature-changed",
}
IS_NEW = "is new here"
_MODES = {EXECUTABLE: "executable-file", SYMLINK: "symlink", SUBMODULE: "submodule"}


def decide(change: NamespaceChange) -> Sequence[Decision]:
    """Ask every question about a namespace; there is at least one decision.

    What only an owner may do a maintainer may do too, but another maintainer looks: from a
    branch of the registry itself such a rejection becomes a review.
    """
    firm = [decision for ask in _FIRM for decision in ask(change)]
    owned = [decision for ask in _OWNED for decision in ask(change)]
    if change.claim.internal:
        owned = [_leave_to_maintainers(decision) for decision in owned]
    return owned + firm


def reasons_to_wait(change: NamespaceChange) -> tuple[str, ...]:
    """Return why others should have time to object, as words that follow the namespace's name."""
    is_new = not isinstance(change.owners, SidecarError) and (
        change.owners is None or not change.published
    )
    return (*((IS_NEW,) if is_new else ()), *owners_change.losses(change))


def _leave_to_maintainers(decision: Decision) -> Decision:
    return replace(decision, verdict=min(decision.verdict, Verdict.REVIEW, key=lambda v: v.rank))


def _spelling(change: NamespaceChange) -> Iterator[Decision]:
    for other in change.spellings[:1]:
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"{change.namespace} differs only in case from {other}, which is here already",
            rule="namespace-case",
            path=change.touches[0].path,
            help=f"publish into {other}",
        )


def _stale(change: NamespaceChange) -> Iterator[Decision]:
    for touch in change.touches:
        if touch.path in change.proposed.change.stale:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} was changed on the base branch since this change left it",
                rule="stale-change",
                path=touch.path,
                help="merge the base branch into yours and push again",
            )


def _modes(change: NamespaceChange) -> Iterator[Decision]:
    for touch in change.touches:
        if touch.action is not Action.REMOVE and touch.mode != REGULAR:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} has the file mode {touch.mode}, only {REGULAR} is allowed",
                rule=_MODES.get(touch.mode, "file-mode"),
                path=touch.path,
                help="commit a plain file: no link, no submodule, no executable bit",
            )


def _findings(change: NamespaceChange) -> Iterator[Decision]:
    for severity, verdict, what in (
        (Severity.ERROR, Verdict.REJECT, "error"),
        (Severity.REVIEW, Verdict.REVIEW, "finding for a person"),
    ):
        findings = [finding for finding in change.findings if finding.severity is severity]
        if findings:
            reason = f"the rules have {counted(len(findings), what)}, first {findings[0].rule}"
            yield Decision(verdict=verdict, reason=reason)


def _wrong_signatures(change: NamespaceChange) -> Iterator[Decision]:
    for path, why in change.signed.wrong.items():
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"{path}: {why}",
            rule="signature-invalid",
            path=path,
            help="sign the file as it is in this change (mcp-registry sign), or leave it unsigned",
        )


def _wrong_bundles(change: NamespaceChange) -> Iterator[Decision]:
    for path, why in change.vouched.wrong.items():
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"{path}: {why}",
            rule="bundle-invalid",
            path=path,
            help="have a run of the release workflow sign the entry as it is in this change, or leave "
            "the bundle out",
        )


def _immutable(change: NamespaceChange) -> Iterator[Decision]:
    for touch in change.touches:
        rule = _NEVER_CHANGES.get((touch.place.kind, touch.action))
        if rule is None or _may_change(change, touch):
            continue
        done = "removes" if touch.action is Action.REMOVE else "replaces"
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"the change {done} {touch.path}, and what is published stays as it is",
            rule=rule,
            path=touch.path,
            help="publish a new version, or change the lifecycle in status.yaml",
        )


def _may_change(change: NamespaceChange, touch: Touch) -> bool:
    if touch.place.kind is not Kind.SIGNATURE:
        return False
    if touch.place.version:
        return not signed_files.was_right(change.signing, touch.path)
    # The signature of a file that changes follows it. Without it old ones would count again.
    return touch.action is Action.REPLACE


def _not_the_publishers(change: NamespaceChange) -> Iterator[Decision]:
    for touch in change.touches:
        if touch.place.kind is Kind.UPSTREAM:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} is written by the mirror only",
                rule="mirror-record",
                path=touch.path,
                help="leave the file as it is",
            )
        elif touch.place.kind in (Kind.OVERLAY, Kind.FACTS):
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} is the registry's own word, not the publisher's",
                rule="overlay-changed",
                path=touch.path,
                help="leave the file as it is; the registry's own people change it",
            )
        elif touch.place.server and mirror_record(touch.place.name) in change.before:
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"{touch.place.name} is mirrored from another registry",
                rule="mirrored-server",
                path=touch.path,
                help="publish there, or say in the pull request why it should be published here",
            )


def _ownership(change: NamespaceChange) -> Iterator[Decision]:
    path = namespace_path(change.namespace)
    if isinstance(change.owners, SidecarError):
        yield Decision(
            verdict=Verdict.REVIEW,
            reason=f"{path} of the base branch cannot be read: {change.owners}",
            rule="namespace-unreadable",
            path=change.touches[0].path,
        )
        return
    added = tuple(touch.path for touch in change.added(Kind.ENTRY))
    case = Case(
        namespace=change.namespace,
        owners=change.owners,
        claim=change.claim,
        signers=change.signed.keys,
        unsigned=change.signed.unsigned,
        network=change.proposed.network,
        account_namespaces=change.proposed.policy.account_namespaces,
        added=added,
        servers=frozenset(touch.place.server for touch in change.touches if touch.place.server),
        runs=_runs(change, added),
        unverified=change.vouched.unverified,
    )
    says_nothing = change.claim == NOBODY and not (change.signed.keys or case.runs)
    for decision in (*proofs.decide(case, change), *owners_change.decide(case, change)):
        # On a laptop nobody is named: what is missing is said, and nothing is refused for it.
        yield _leave_to_maintainers(decision) if says_nothing else decision


def _runs(change: NamespaceChange, added: Sequence[str]) -> Mapping[str, CiRun]:
    """Return the runs that vouch for added entries: one that logged in does for all."""
    vouched = {path: signed.run for path, signed in change.vouched.runs.items()}
    logged_in = change.claim.run
    return vouched if logged_in is None else {**dict.fromkeys(added, logged_in), **vouched}


_Ask = Callable[[NamespaceChange], Iterator[Decision]]
_OWNED: tuple[_Ask, ...] = (
    _ownership,
    _immutable,
    _not_the_publishers,
    earlier_decisions.moderated,
)
_FIRM: tuple[_Ask, ...] = (
    _spelling,
    _stale,
    _modes,
    _findings,
    _wrong_signatures,
    _wrong_bundles,
    earlier_decisions.used_up,
    earlier_decisions.claimed_again,
    address_owner.decide,
)
