"""From proofs to decisions: which proofs count for a namespace, and what each lets a change do.

A namespace with an owner belongs to its namespace.yaml; a free one to whom its name proves. The
first publication writes down exactly what was proved, and from then on that is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.git.change import Action, Touch
from builder.git.records import REGULAR
from builder.git.repository import Repository
from builder.model.layout import Kind, namespace_path
from builder.model.sidecars import Key, Namespace, SidecarError
from builder.model.verdict import Verdict
from builder.ownership import (
    dns_record,
    github_account,
    listed_account,
    pinned_key,
    signature,
    well_known,
)
from builder.ownership.decisions import Decision
from builder.ownership.domain import domain_of
from builder.ownership.key import canonical, load
from builder.ownership.proof import Case, Outcome, Proof, Prove

_OWNED: tuple[Prove, ...] = (listed_account.prove, pinned_key.prove)
_OF_ACCOUNTS: tuple[Prove, ...] = (github_account.prove,)
_OF_DOMAINS: tuple[Prove, ...] = (dns_record.prove, well_known.prove)


def signers(repository: Repository, touches: Sequence[Touch]) -> tuple[tuple[Key, ...], str]:
    """Give the keys that signed every entry which is added, or none and what is wrong."""
    added = [one for one in touches if one.place.kind is Kind.ENTRY and one.action is Action.ADD]
    by_path = {touch.path: touch for touch in touches if touch.action is not Action.REMOVE}
    keys: dict[Key, None] = {}
    if not added:
        return (), "no entry is added that could carry a signature"
    for entry in added:
        file = by_path.get(entry.path + signature.SUFFIX)
        if file is None or file.mode != REGULAR or entry.mode != REGULAR:
            return (), f"{entry.path} is not signed"
        (_, data), (_, signed) = repository.blobs([entry.blob, file.blob])
        message = signature.message(entry.place.name, entry.place.version, data)
        try:
            keys[signature.verify(signed, message)] = None
        except signature.SignatureError as error:
            return (), f"{file.path}: {error}"
    return tuple(keys), ""


def decide(
    case: Case, touches: Sequence[Touch], proposed: Namespace | SidecarError | None
) -> Iterator[Decision]:
    """Try the proofs that count for the namespace, and say what follows for the change."""
    proofs = []
    for prove in _that_count(case):
        proofs.append(prove(case))
        if proofs[-1].outcome is Outcome.HOLDS:
            break
    proof = proofs[-1]
    if proof.outcome is Outcome.HOLDS:
        yield from _proved(case, proof, touches, proposed)
    else:
        yield _unproved(case, proofs, touches)
    if case.owners is None and proposed is None:
        yield _missing(case, proof)
    elif isinstance(proposed, SidecarError):
        yield _removed(case) if _removes_owners(touches) else _unreadable(case, proposed)
    elif proposed is not None:
        yield from _keys(case, proposed)


def _that_count(case: Case) -> tuple[Prove, ...]:
    if case.owners:
        return _OWNED
    return _OF_DOMAINS if domain_of(case.namespace) else _OF_ACCOUNTS


def _proved(
    case: Case, proof: Proof, touches: Sequence[Touch], proposed: Namespace | SidecarError | None
) -> Iterator[Decision]:
    yield Decision(verdict=Verdict.ACCEPT, reason=f"{case.namespace} is proved by {proof.reason}")
    uncovered = [touch for touch in touches if touch.place.kind not in proof.covers]
    if case.owners is None:
        uncovered = [touch for touch in uncovered if touch.place.kind is not Kind.NAMESPACE]
        if proposed is not None and not _same(proposed, proof.grants):
            yield _mismatch(case, proof)
    for touch in uncovered:
        yield Decision(
            verdict=Verdict.REVIEW,
            reason=f"a signature speaks for the entry that it signs, not for {touch.path}",
            rule="unsigned-file",
            path=touch.path,
            help="propose it from an account that namespace.yaml lists",
        )


def _unproved(case: Case, proofs: Sequence[Proof], touches: Sequence[Touch]) -> Decision:
    undecided = [proof for proof in proofs if proof.outcome is Outcome.OPEN]
    reasons = "; ".join(dict.fromkeys(proof.reason for proof in undecided or proofs))
    whose = f"belongs to {_who(case.owners)}" if case.owners else "is free"
    what = "and a proof is still open" if undecided else "and nothing proves that it is yours"
    return Decision(
        verdict=Verdict.REVIEW if undecided else Verdict.REJECT,
        reason=f"{case.namespace} {whose}, {what}: {reasons}",
        rule="namespace-unproved" if case.owners is None else "not-the-owner",
        path=touches[0].path,
        help=_ways(case),
    )


def _ways(case: Case) -> str:
    if case.owners:
        return "publish into a namespace of your own, or ask an owner to propose this"
    domain = domain_of(case.namespace)
    if domain is None:
        return "publish as io.github.<your login>, or under a domain of yours"
    return (
        f"sign the entry (mcp-registry sign) with a key that {domain} publishes "
        f"(mcp-registry keygen {domain} prints the record)"
    )


def _missing(case: Case, proof: Proof) -> Decision:
    if proof.grants:
        content = template(proof.grants)
    elif case.signers and domain_of(case.namespace):
        content = f"{template(Namespace(keys=case.signers, proof='dns'))}, or proof: http"
    else:
        content = "its owner, see the documentation"
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"the first publication into {case.namespace} must add its namespace.yaml",
        rule="namespace-file-missing",
        path=namespace_path(case.namespace),
        help=f"add the file {namespace_path(case.namespace)} with: {content}",
    )


def _mismatch(case: Case, proof: Proof) -> Decision:
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"{case.namespace} is free, and its namespace.yaml must name exactly what is proved",
        rule="namespace-file-mismatch",
        path=namespace_path(case.namespace),
        help=f"the file must read: {template(proof.grants)}" if proof.grants else "",
    )


def _removes_owners(touches: Sequence[Touch]) -> bool:
    return any(
        touch.place.kind is Kind.NAMESPACE and touch.action is Action.REMOVE for touch in touches
    )


def _removed(case: Case) -> Decision:
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"{case.namespace} would have no owner any more, and anybody's proof would do",
        rule="namespace-file-removed",
        path=namespace_path(case.namespace),
        help="hand the namespace over by listing the new owner",
    )


def _unreadable(case: Case, error: SidecarError) -> Decision:
    return Decision(
        verdict=Verdict.REJECT,
        reason=f"{namespace_path(case.namespace)} cannot be read: {error}",
        rule="invalid-sidecar",
        path=namespace_path(case.namespace),
        help="see the format in the documentation, or let an editor check it against schema/",
    )


def _keys(case: Case, proposed: Namespace) -> Iterator[Decision]:
    for index, key in enumerate(proposed.keys):
        try:
            load(key)
        except ValueError as error:
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"keys.{index} is no {key.algorithm} public key: {error}",
                rule="malformed-key",
                path=namespace_path(case.namespace),
                help="take the lines that `mcp-registry keygen` prints",
            )


def _same(proposed: Namespace | SidecarError, grants: Namespace | None) -> bool:
    return (
        isinstance(proposed, Namespace)
        and grants is not None
        and _essence(proposed) == _essence(grants)
    )


def _essence(namespace: Namespace) -> object:
    owners = [(owner.id, owner.github.casefold()) for owner in namespace.owners]
    return namespace.proof, owners, [canonical(key) for key in namespace.keys]


def _who(owners: Namespace) -> str:
    names = [f"{owner.github} ({owner.id})" for owner in owners.owners]
    if owners.keys:
        names.append("its keys" if names else "a key")
    return " and ".join(names)


def template(namespace: Namespace) -> str:
    """Write namespace.yaml in one line of YAML (flow style), ready to be copied."""
    parts = []
    if namespace.owners:
        owners = ", ".join(f"{{github: {one.github}, id: {one.id}}}" for one in namespace.owners)
        parts.append(f"owners: [{owners}]")
    if namespace.keys:
        keys = ", ".join(
            f'{{algorithm: {one.algorithm}, public: "{one.public}"}}' for one in namespace.keys
        )
        parts.append(f"keys: [{keys}]")
    return "{" + ", ".join([*parts, f"proof: {namespace.proof}"]) + "}"
