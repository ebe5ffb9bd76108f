"""The publish policy asked about entries: what it rejects, what a person looks at, what is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from builder.model import json_positions
from builder.model.approvals import NO_APPROVALS, ApprovalsFile
from builder.model.blocks import Block
from builder.model.finding import Finding, Severity
from builder.model.layout import NAMESPACE_FILE, SERVERS
from builder.model.policy_settings import Policy
from builder.model.server_json import Document
from builder.model.sidecars import Namespace
from builder.policy import codes, decide, lines, not_upstream
from builder.policy.advisories import NO_ADVISORIES, Advisories
from builder.policy.blocks import Blocks, told
from builder.policy.decide import PolicyDecision, PolicyLines
from builder.policy.difference import in_words
from builder.policy.entry import Load, PolicyEntry
from builder.rules.engine.subject import Entry, Tree

_SEVERITY = {"review": (codes.REVIEW, Severity.REVIEW), "reject": (codes.REJECTED, Severity.ERROR)}
_LONG_AGO, _NOW = 0, 1 << 62
Previous = Callable[[Entry], Load | None]


def _no_previous(_entry: Entry) -> Load | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyQuestion:
    """The policy, and what is known of those who propose entries.

    `entering` is whether the entries are not here yet: of others it is only worth knowing that
    the policy would not let them in today. `blocks` are what is blocked at the time `now`
    (nanoseconds since 1970), `approvals` what a person let in, `known` the advisories. `previous`
    returns how to read the newest version that is here, `accounts` are the logins and ids of who
    proposes the entries.
    """

    policy: Policy
    entering: bool
    blocks: Blocks = field(default_factory=Blocks)
    approvals: ApprovalsFile = NO_APPROVALS
    known: Advisories = NO_ADVISORIES
    now: int = 0
    accounts: frozenset[str] = frozenset()
    previous: Previous = field(default=_no_previous)


def findings(entries: Iterable[Entry], tree: Tree, question: PolicyQuestion) -> Iterator[Finding]:
    """Yield what the policy says of entries that are published here; mirrored ones are left out."""
    asked = decide.indexed(lines.of_publish(question.policy.publish))
    if not (asked or question.entering or _allows_more(question.policy)):
        return
    for entry in entries:
        if entry.mirrored and question.entering and question.blocks:
            yield from _blocks_alone(entry, tree, question)
        if not entry.mirrored and not entry.error and "name" in entry.document:
            yield from _of_entry(entry, tree, question, asked)


def _blocks_alone(entry: Entry, tree: Tree, question: PolicyQuestion) -> Iterator[Finding]:
    """Yield the block of a mirrored entry: the publish policy is not about it, blocks are."""
    if block := question.blocks.find(_about(entry, tree, question), question.now):
        yield _blocked(entry, block)


def _allows_more(policy: Policy) -> bool:
    publish = policy.publish
    own = policy.private_registries or policy.private_repositories
    return bool(own or publish.remote_hosts)


def _of_entry(
    entry: Entry, tree: Tree, question: PolicyQuestion, asked: PolicyLines
) -> Iterator[Finding]:
    about = _about(entry, tree, question)
    if question.entering and (block := question.blocks.find(about, question.now)):
        yield _blocked(entry, block)
        return
    decision = asked.decide(about, entering=question.entering)
    approved = question.approvals.holds(about.name, about.version, about.fingerprint)
    if decision.do == "reject" or (decision.do == "review" and not approved):
        yield _decided(entry, about, decision, entering=question.entering)
    elif about.changes:
        yield _note(entry, codes.DIFFERS, f"new in kind here: {in_words(about.changes)}")
    if question.policy.grant(about.namespace):
        message = "not publishable upstream: this registry grants the namespace, which has no public proof"
        yield _note(entry, codes.NOT_UPSTREAM, message, ("name",))
    for reason in not_upstream.reasons(entry.document):
        if entry.private.allows(reason.kind, reason.host):
            message = f"not publishable upstream: {reason.reason}, which this registry allows"
            yield _note(entry, codes.NOT_UPSTREAM, message, reason.steps)


def _blocked(entry: Entry, block: Block) -> Finding:
    return Finding(
        rule=codes.BLOCKED,
        severity=Severity.ERROR,
        path=entry.path,
        message=f"{entry.document.get('name')} {entry.document.get('version')} is not published here: "
        f"{told(block)}",
        help="ask the registry's operator, who takes a block back with mcp-registry unblock",
        line=1,
        column=1,
    )


def _about(entry: Entry, tree: Tree, question: PolicyQuestion) -> PolicyEntry:
    document: Document = entry.document
    name, version = str(document.get("name")), str(document.get("version"))
    namespace = name.partition("/")[0]
    owners = tree.sidecars.get(f"{SERVERS}/{namespace}/{NAMESPACE_FILE}")
    own = owners.publishers if isinstance(owners, Namespace) else frozenset[str]()
    return PolicyEntry(
        name=name,
        version=version,
        load=lambda: document,
        load_previous=question.previous(entry),
        status=str(tree.status(name, version)),
        published=None if question.entering else _LONG_AGO,
        now=_NOW,
        accounts=question.accounts | own,
        known=question.known,
        granted=question.policy.account_namespaces,
    )


def _decided(
    entry: Entry, about: PolicyEntry, decision: PolicyDecision, *, entering: bool
) -> Finding:
    code, severity = _SEVERITY[decision.do]
    changes = f" (new in kind: {in_words(about.changes)})" if about.changes else ""
    verb = "rejects" if decision.do == "reject" else "has a person look at"
    here = "" if entering else ", which is published already"
    return Finding(
        rule=code,
        severity=severity if entering else Severity.WARNING,
        path=entry.path,
        message=f"the policy {verb} {about.name} {about.version}{here}: {decision.because}{changes}",
        help=f"{'.'.join(map(str, decision.path))} in registry.yaml says so{_way_in(about, decision)}",
        line=1,
        column=1,
    )


def _way_in(about: PolicyEntry, decision: PolicyDecision) -> str:
    if decision.do != "review":
        return ""
    given = f"{about.name}@{about.version} --fingerprint {about.fingerprint}"
    return f"; to let it in: mcp-registry approve {given}"


def _note(entry: Entry, code: str, message: str, steps: tuple[str | int, ...] = ()) -> Finding:
    line, column = json_positions.locator(entry.data)(steps)
    return Finding(
        rule=code,
        severity=Severity.NOTE,
        path=entry.path,
        message=message,
        pointer="".join(f"/{step}" for step in steps),
        line=line,
        column=column,
    )
