"""What a change does to one namespace, judged: a table of questions, each with its decisions.

Everything about owners is read from the base branch. From the head come only the files that the
change adds or replaces, as git objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from builder.git.change import Action, Change, Touch
from builder.git.records import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, TreeEntry
from builder.git.repository import Repository
from builder.model import sidecars
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, UPSTREAM_FILE, Kind, namespace_path, server_path
from builder.model.sidecars import Namespace, SidecarError
from builder.model.verdict import Verdict
from builder.model.wording import counted
from builder.net.network import Network
from builder.ownership import proofs
from builder.ownership.decisions import Decision
from builder.ownership.proof import Case
from builder.ownership.proposer import NOBODY, Claim

# What never changes once it has landed, and the rule that says so (builder/rules/published.py has
# those on entries): the same code and path is reported once.
_NEVER_CHANGES = {
    (Kind.ENTRY, Action.REPLACE): "version-changed",
    (Kind.ENTRY, Action.REMOVE): "version-removed",
    (Kind.SIGNATURE, Action.REPLACE): "signature-changed",
    (Kind.SIGNATURE, Action.REMOVE): "signature-changed",
}
_MODES = {EXECUTABLE: "executable-file", SYMLINK: "symlink", SUBMODULE: "submodule"}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One namespace and what a change does to it.

    `before` are the namespace's files on the base branch by path; `spellings` the namespaces of
    the base branch that differ from this one only in case; `known` the rules' findings here.
    """

    repository: Repository
    namespace: str
    touches: tuple[Touch, ...]
    change: Change
    claim: Claim
    network: Network
    before: Mapping[str, TreeEntry]
    spellings: tuple[str, ...]
    known: tuple[Finding, ...]

    @cached_property
    def owners(self) -> Namespace | SidecarError | None:
        """namespace.yaml of the base branch, why it cannot be read, or None if there is none."""
        entry = self.before.get(namespace_path(self.namespace))
        return self._namespace(entry.mode, entry.blob) if entry else None

    @cached_property
    def proposed(self) -> Namespace | SidecarError | None:
        """namespace.yaml as the change has it, None if it does not touch it."""
        path = namespace_path(self.namespace)
        touch = next((touch for touch in self.touches if touch.path == path), None)
        return self._namespace(touch.mode, touch.blob) if touch else None

    def _namespace(self, mode: str, blob: str) -> Namespace | SidecarError:
        if mode != REGULAR:
            return SidecarError("it is not a regular file")
        try:
            return sidecars.read_namespace(dict(self.repository.blobs([blob]))[blob])
        except SidecarError as error:
            return error


def decide(scene: Scene) -> Sequence[Decision]:
    """Ask every question about a namespace; there is at least one decision.

    What only an owner may do a maintainer may do too, but another maintainer looks: from a
    branch of the registry itself such a rejection becomes a review.
    """
    firm = [decision for ask in _FIRM for decision in ask(scene)]
    owned = [decision for ask in _OWNED for decision in ask(scene)]
    if scene.claim.internal:
        owned = [_leave_to_maintainers(decision) for decision in owned]
    return owned + firm


def _leave_to_maintainers(decision: Decision) -> Decision:
    return replace(decision, verdict=min(decision.verdict, Verdict.REVIEW, key=lambda v: v.rank))


def _spelling(scene: Scene) -> Iterator[Decision]:
    for other in scene.spellings[:1]:
        yield Decision(
            verdict=Verdict.REJECT,
            reason=f"{scene.namespace} differs only in case from {other}, which is here already",
            rule="namespace-case",
            path=scene.touches[0].path,
            help=f"publish into {other}",
        )


def _stale(scene: Scene) -> Iterator[Decision]:
    for touch in scene.touches:
        if touch.path in scene.change.stale:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} was changed on the base branch since this change left it",
                rule="stale-change",
                path=touch.path,
                help="merge the base branch into yours and push again",
            )


def _modes(scene: Scene) -> Iterator[Decision]:
    for touch in scene.touches:
        if touch.action is not Action.REMOVE and touch.mode != REGULAR:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} has the file mode {touch.mode}, only {REGULAR} is allowed",
                rule=_MODES.get(touch.mode, "file-mode"),
                path=touch.path,
                help="commit a plain file: no link, no submodule, no executable bit",
            )


def _findings(scene: Scene) -> Iterator[Decision]:
    for severity, verdict, what in (
        (Severity.ERROR, Verdict.REJECT, "error"),
        (Severity.REVIEW, Verdict.REVIEW, "finding for a person"),
    ):
        found = [finding for finding in scene.known if finding.severity is severity]
        if found:
            reason = f"the rules have {counted(len(found), what)}, first {found[0].rule}"
            yield Decision(verdict=verdict, reason=reason)


def _immutable(scene: Scene) -> Iterator[Decision]:
    for touch in scene.touches:
        rule = _NEVER_CHANGES.get((touch.place.kind, touch.action))
        if rule is not None:
            done = "removes" if touch.action is Action.REMOVE else "replaces"
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"the change {done} {touch.path}, and what is published stays as it is",
                rule=rule,
                path=touch.path,
                help="publish a new version, or change the lifecycle in status.yaml",
            )


def _mirrored(scene: Scene) -> Iterator[Decision]:
    for touch in scene.touches:
        mirrored = server_path(touch.place.name, UPSTREAM_FILE)
        if touch.place.kind is Kind.UPSTREAM:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{touch.path} is written by the mirror only",
                rule="mirror-record",
                path=touch.path,
                help="leave the file as it is",
            )
        elif touch.place.server and mirrored in scene.before:
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"{touch.place.name} is mirrored from another registry",
                rule="mirrored-server",
                path=touch.path,
                help="publish there, or say in the pull request why it should be published here",
            )


def _ownership(scene: Scene) -> Iterator[Decision]:
    path = namespace_path(scene.namespace)
    if isinstance(scene.owners, SidecarError):
        yield Decision(
            verdict=Verdict.REVIEW,
            reason=f"{path} of the base branch cannot be read: {scene.owners}",
            rule="namespace-unreadable",
            path=scene.touches[0].path,
        )
        return
    signers, unsigned = proofs.signers(scene.repository, scene.touches)
    case = Case(
        namespace=scene.namespace,
        owners=scene.owners,
        claim=scene.claim,
        signers=signers,
        unsigned=unsigned,
        network=scene.network,
    )
    for decision in proofs.decide(case, scene.touches, scene.proposed):
        # On a laptop nobody is named: what is missing is said, and nothing is refused for it.
        said_nothing = scene.claim == NOBODY and not signers
        yield _leave_to_maintainers(decision) if said_nothing else decision


_Ask = Callable[[Scene], Iterator[Decision]]
_OWNED: tuple[_Ask, ...] = (_ownership, _immutable, _mirrored)
_FIRM: tuple[_Ask, ...] = (_spelling, _stale, _modes, _findings)


def before(repository: Repository, base: str, namespace: str) -> dict[str, TreeEntry]:
    """List a namespace's files in a commit, by path."""
    return {entry.path: entry for entry in repository.tree(base, f"{SERVERS}/{namespace}")}
