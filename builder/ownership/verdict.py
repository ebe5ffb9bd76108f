"""The verdict on a change: one for each namespace that it touches, and one for the whole.

Nothing of the head is checked out or run. The verdict holds for exactly the two commits that it
names: who merges must merge that head into that base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from builder.git.change import Action, Change
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, place
from builder.model.server_json import is_namespace
from builder.model.verdict import NamespaceVerdict, Verdict
from builder.net.network import Network
from builder.ownership import integrity
from builder.ownership.decisions import Decision, Judgement, worst
from builder.ownership.namespace import Scene, before
from builder.ownership.namespace import decide as decide_namespace
from builder.ownership.proposer import Claim


def judge(
    repository: Repository,
    change: Change,
    claim: Claim,
    findings: Sequence[Finding],
    network: Network,
) -> Judgement:
    """Judge a change which `claim` proposes; `findings` are what the rules have found in it.

    RegistryError if the claim is about another head; whatever the change holds gives a judgement.
    """
    if claim.head not in ("", change.head):
        raise RegistryError(
            f"the pull request's head is {claim.head}, but {change.head} is to be judged",
            help="the head moved: fetch it again and check again",
        )
    whole = list(_whole(change, claim, findings))
    verdicts, decisions = [], list(whole)
    for namespace, is_new, made in _namespaces(repository, change, claim, findings, network):
        counts = worst(made)
        verdicts.append(
            NamespaceVerdict(
                namespace=namespace, verdict=counts.verdict, reason=counts.reason, new=is_new
            )
        )
        decisions += made
    final = worst([*decisions, Decision(verdict=Verdict.ACCEPT, reason=_all_proved(verdicts))])
    return Judgement(
        base=change.base,
        head=change.head,
        verdict=final.verdict,
        reason=_all_proved(verdicts) if final.verdict is Verdict.ACCEPT else final.reason,
        namespaces=tuple(verdicts),
        findings=tuple(_findings(decisions, findings)),
    )


def _namespaces(
    repository: Repository,
    change: Change,
    claim: Claim,
    findings: Sequence[Finding],
    network: Network,
) -> Iterator[tuple[str, bool, Sequence[Decision]]]:
    """Decide on each namespace: its name, whether it is new, and the decisions on it."""
    spellings = _spellings(repository, change)
    for namespace, touches in change.namespaces.items():
        # Nothing else is a name that anybody could own, or that is looked up anywhere.
        if not is_namespace(namespace):
            yield namespace, True, [_no_name(namespace, touches[0].path)]
            continue
        scene = Scene(
            repository=repository,
            namespace=namespace,
            touches=touches,
            change=change,
            claim=claim,
            network=network,
            before=before(repository, change.base, namespace),
            spellings=tuple(one for one in spellings[namespace.lower()] if one != namespace),
            known=tuple(one for one in findings if place(one.path).namespace == namespace),
        )
        yield namespace, not scene.before, decide_namespace(scene)


def _whole(change: Change, claim: Claim, findings: Sequence[Finding]) -> Iterator[Decision]:
    """Decide on what belongs to no single namespace."""
    yield from integrity.decide(change)
    yield from _outside(change, claim)
    yield from _stray(change)
    errors = [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR and not place(finding.path).namespace
    ]
    if errors:
        yield Decision(verdict=Verdict.REJECT, reason=f"{errors[0].path}: {errors[0].message}")


def _outside(change: Change, claim: Claim) -> Iterator[Decision]:
    if not change.touches and not change.excess:
        yield Decision(verdict=Verdict.REVIEW, reason="the change touches no file")
    elif change.outside:
        path = change.outside[0].path
        together = bool(change.namespaces or change.stray) and not claim.internal
        yield Decision(
            verdict=Verdict.REJECT if together else Verdict.REVIEW,
            reason=f"{path!r} belongs to the registry itself, not to a publisher"
            + (", and comes together with entries" if together else ""),
            rule="outside-servers",
            path=path,
            help="propose it in a pull request of its own" if together else "a maintainer decides",
        )


def _stray(change: Change) -> Iterator[Decision]:
    for touch in change.stray:
        if touch.action is not Action.REMOVE:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"no file of the registry has the path {touch.path!r}",
                rule="unexpected-file",
                path=touch.path,
                help="remove it: an entry stands at servers/<namespace>/<name>/<version>.json",
            )
        else:
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"{touch.path!r} is removed; it is not one of the registry's kinds of files",
            )


def _spellings(repository: Repository, change: Change) -> Mapping[str, Sequence[str]]:
    """List the namespaces of the change and their spellings on the base branch by lower case."""
    found: dict[str, list[str]] = {}
    for namespace in change.namespaces:
        found.setdefault(namespace.lower(), []).append(namespace)
    for name in repository.names(change.base, SERVERS):
        spellings = found.get(name.lower())
        if spellings is not None and name not in spellings:
            # What is here already comes first: it is what the others are told to use.
            spellings.insert(0, name)
    return found


def _no_name(namespace: str, path: str) -> Decision:
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"{namespace!r} is not a namespace: letters, digits, dots and hyphens make one",
        rule="invalid-namespace",
        path=path,
        help="a namespace is a domain in reverse, such as com.example or io.github.<login>",
    )


def _all_proved(verdicts: Sequence[NamespaceVerdict]) -> str:
    return "; ".join(one.reason for one in verdicts)


def _findings(decisions: Sequence[Decision], known: Sequence[Finding]) -> Iterator[Finding]:
    """Give the decisions' findings, without what the rules have said as severely already."""
    said = {(finding.rule, finding.path, finding.severity) for finding in known}
    for decision in decisions:
        finding = decision.finding()
        if finding and (finding.rule, finding.path, finding.severity) not in said:
            yield finding
