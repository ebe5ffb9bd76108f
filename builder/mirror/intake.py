"""What decides whether an upstream version comes in: the policy's lines, and what the operator decided.

An operator's decision is stronger than any line, and no run undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from builder.mirror import selection
from builder.mirror.items import UpstreamItem
from builder.model.approvals import NO_APPROVALS, ApprovalsFile
from builder.model.mirror_settings import Invalid, MirrorPolicy
from builder.model.policy_settings import InternalNamespace, Policy
from builder.model.upstream_settings import UpstreamSource
from builder.policy import decide, lines, patterns
from builder.policy.advisories import NO_ADVISORIES, Advisories
from builder.policy.blocks import Blocks, told
from builder.policy.decide import PolicyDecision, PolicyLines
from builder.policy.difference import in_words
from builder.policy.document import Values
from builder.policy.entry import Load
from builder.rules import current_schema

NO_LINES = decide.indexed(())


def _was_removed(_path: str) -> str:
    return ""


class BoundNamespaces(NamedTuple):
    """Namespaces (patterns) that come from one upstream alone, and its name."""

    patterns: tuple[str, ...]
    upstream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a run may take in. `now` is its time in nanoseconds since 1970.

    `invalid` is what becomes of what breaks the current schema; `granted` are namespaces that the
    operator grants, into which nothing comes from outside; `blocks` is what blocks.yaml says,
    `approvals` what a person let in, `known` the advisories; `bound` are the namespaces that come
    from another upstream alone, and `behind` the addresses of upstreams that count less than this
    one; `removed` gives the commit in which the operator removed a path, "" if none did.
    """

    lines: PolicyLines = NO_LINES
    invalid: Invalid = "listed-apart"
    now: int = 0
    granted: tuple[InternalNamespace, ...] = ()
    blocks: Blocks = field(default_factory=Blocks)
    approvals: ApprovalsFile = NO_APPROVALS
    known: Advisories = NO_ADVISORIES
    bound: tuple[BoundNamespaces, ...] = ()
    behind: frozenset[str] = frozenset()
    removed: Callable[[str], str] = field(default=_was_removed)

    def decide(self, item: UpstreamItem, previous: Load | None) -> PolicyDecision:
        """Return what becomes of an item; `previous` reads the newest version that is here."""
        if reason := self.operators(item):
            return PolicyDecision(do="reject", because=reason)
        about = selection.entry(
            item.name, item.version, item.server, item.official, self.now, previous, self.known
        )
        decision = self.lines.decide(about)
        held = decision.do == "review"
        if held and self.approvals.holds(item.name, item.version, about.fingerprint):
            return PolicyDecision(do="accept", because="it is approved")
        if held and about.changes:
            changes = f"(new in kind: {in_words(about.changes)})"
            return replace(decision, because=f"{decision.because} {changes}")
        return decision

    def operators(self, item: UpstreamItem) -> str:
        """Return what the operator decided about an item, "" if nothing."""
        namespace = item.name.partition("/")[0].lower()
        if any(grant.covers(namespace) for grant in self.granted):
            return f"{namespace} is granted in registry.yaml: nothing comes into it from outside"
        for other in self.bound:
            if patterns.matcher(other.patterns)([namespace]):
                return f"{namespace} comes from the upstream {other.upstream} alone"
        about = selection.entry(item.name, item.version, item.server, item.official, self.now)
        if block := self.blocks.find(about, self.now):
            return told(block)
        if commit := self.removed(item.path):
            return f"it was removed from this registry in {commit[:12]}"
        return self.left_out(item.server)

    def left_out(self, document: Values) -> str:
        """Return why a document is left out for what it is, "" if it is not."""
        fault = current_schema.fault(document) if self.invalid == "left-out" else ""
        return f"it breaks the current schema ({fault})" if fault else ""


def of_mirror_policy(policy: MirrorPolicy, now: int = 0) -> Intake:
    """Return what comes in by `policy.mirror` alone."""
    return Intake(lines=decide.indexed(lines.of_mirror(policy)), invalid=policy.invalid, now=now)


def of_policy(
    policy: Policy,
    now: int,
    removed: Callable[[str], str] = _was_removed,
    blocks: Blocks | None = None,
    approvals: ApprovalsFile = NO_APPROVALS,
) -> Intake:
    """Return what comes in by a registry's policy, whichever upstream it is from."""
    return Intake(
        lines=decide.indexed(lines.of_mirror(policy.mirror)),
        invalid=policy.mirror.invalid,
        now=now,
        granted=policy.publish.internal,
        removed=removed,
        blocks=blocks or Blocks(),
        approvals=approvals,
    )


def of_upstream(
    taken: Intake, policy: Policy, upstreams: Sequence[UpstreamSource], number: int
) -> Intake:
    """Return what comes in from one of several upstreams, under its own lines first."""
    own = lines.of_rules(upstreams[number].rules, ("upstreams", number, "rules"))
    others = (
        upstream
        for other, upstream in enumerate(upstreams)
        if other != number and upstream.namespaces
    )
    return replace(
        taken,
        lines=decide.indexed([*own, *lines.of_mirror(policy.mirror)]),
        bound=tuple(BoundNamespaces(upstream.namespaces, upstream.name) for upstream in others),
        behind=frozenset(upstream.url for upstream in upstreams[number + 1 :]),
    )
