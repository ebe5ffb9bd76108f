"""The verdict on a change: one for each namespace that it touches, and one for the whole.

Nothing of the head is checked out or run. The verdict holds for exactly the two commits that it
names: who merges must merge that head into that base.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from builder.git import settings
from builder.git.change import Action, Change
from builder.git.repository import Repository
from builder.model.config import Config
from builder.model.errors import ConfigError, RegistryError
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, place
from builder.model.policy_settings import Policy
from builder.model.server_name import is_namespace, spellings
from builder.model.verdict import NamespaceVerdict, Verdict
from builder.net.network import Network
from builder.ownership import integrity
from builder.ownership.decisions import Decision, Judgement, worst
from builder.ownership.namespace import IS_NEW, reasons_to_wait
from builder.ownership.namespace import decide as decide_namespace
from builder.ownership.namespace_change import NamespaceChange, Proposed, files_of
from builder.ownership.proposer import Claim
from builder.ownership.statement import identity


def judge(
    repository: Repository,
    change: Change,
    claim: Claim,
    findings: Sequence[Finding],
    network: Network,
    now: int | None = None,
) -> Judgement:
    """Judge a change which `claim` proposes; `findings` are what the rules have found in it.

    `now` is in seconds since 1970, the clock's time if it is not given. RegistryError if the claim
    is about another head; whatever the change holds gives a judgement.
    """
    _require_head(claim, change)
    config = _settings(repository, change.base)
    proposed = Proposed(
        repository=repository,
        change=change,
        claim=claim,
        network=network,
        registry=identity(config) if config else None,
        policy=config.policy if config else Policy(),
        now=int(time.time()) if now is None else now,
    )
    verdicts = []
    decisions = list(_whole(change, claim, findings))
    for verdict, made in _namespaces(proposed, findings):
        verdicts.append(verdict)
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


def _require_head(claim: Claim, change: Change) -> None:
    if claim.head not in ("", change.head):
        raise RegistryError(
            f"the pull request's head is {claim.head}, but {change.head} is to be judged",
            help="the head moved: fetch it again and check again",
        )


def _settings(repository: Repository, base: str) -> Config | None:
    try:
        return settings.load_config(repository, base)
    except ConfigError:
        return None


def _namespaces(
    proposed: Proposed, findings: Sequence[Finding]
) -> Iterator[tuple[NamespaceVerdict, Sequence[Decision]]]:
    """Decide on each namespace: the verdict, and the decisions that it comes from."""
    change = proposed.change
    spelled = _spellings(proposed.repository, change)
    for namespace, touches in change.namespaces.items():
        # Nothing else is a name that anybody could own, or that is looked up anywhere.
        if not is_namespace(namespace):
            decision = _no_name(namespace, touches[0].path)
            yield _verdict(namespace, [decision], (IS_NEW,)), [decision]
            continue
        here = NamespaceChange(
            proposed=proposed,
            namespace=namespace,
            touches=touches,
            before=files_of(proposed.repository, change.base, namespace),
            spellings=tuple(other for other in spelled[namespace.lower()] if other != namespace),
            findings=tuple(
                finding for finding in findings if place(finding.path).namespace == namespace
            ),
        )
        decisions = decide_namespace(here)
        yield _verdict(namespace, decisions, reasons_to_wait(here)), decisions


def _verdict(
    namespace: str, decisions: Sequence[Decision], waits: tuple[str, ...]
) -> NamespaceVerdict:
    counts = worst(decisions)
    losses = [why for why in waits if why != IS_NEW]
    return NamespaceVerdict(
        namespace=namespace,
        verdict=counts.verdict,
        reason="; ".join([counts.reason, *losses]),
        new=IS_NEW in waits,
        waits=", ".join(waits),
    )


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
    """Return the namespaces of the change, and their spellings on the base branch by lower case."""
    by_lower: dict[str, list[str]] = {}
    for namespace in change.namespaces:
        by_lower.setdefault(namespace.lower(), []).append(namespace)
    known = spellings(repository.names(change.base, SERVERS))
    for lower, namespaces in by_lower.items():
        # What is here already comes first: it is what the others are told to use.
        here = [name for name in known.get(lower, ()) if name not in namespaces]
        namespaces[:0] = reversed(here)
    return by_lower


def _no_name(namespace: str, path: str) -> Decision:
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"{namespace!r} is not a namespace: letters, digits, dots and hyphens make one",
        rule="invalid-namespace",
        path=path,
        help="a namespace is a domain in reverse, such as com.example or io.github.<login>",
    )


def _all_proved(verdicts: Sequence[NamespaceVerdict]) -> str:
    return "; ".join(verdict.reason for verdict in verdicts)


def _findings(decisions: Sequence[Decision], known: Sequence[Finding]) -> Iterator[Finding]:
    """Return the decisions' findings, without those that the rules have as severely already."""
    reported = {(finding.rule, finding.path, finding.severity) for finding in known}
    for decision in decisions:
        finding = decision.finding()
        if finding and (finding.rule, finding.path, finding.severity) not in reported:
            yield finding
