"""From proofs to decisions: which proofs count for a namespace, and what each lets a change do.

A namespace with an owner belongs to its namespace.yaml; a free one to whom its name proves. The
first publication writes down exactly what was proved, and from then on that is what counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from builder.model import forges
from builder.model.domain import domain_of
from builder.model.forges import FORGE_KINDS
from builder.model.layout import namespace_path
from builder.model.owner import Owner
from builder.model.sidecars import Namespace
from builder.model.verdict import Verdict
from builder.ownership import (
    dns_record,
    forge_account,
    listed_account,
    pinned_key,
    well_known,
    workflow_run,
)
from builder.ownership import granted as granted_names
from builder.ownership.decisions import Decision
from builder.ownership.key import canonical
from builder.ownership.namespace_change import NamespaceChange
from builder.ownership.proof import Case, Proof, ProofOutcome, Prove, first_that_holds

_OWNED: tuple[Prove, ...] = (listed_account.prove, pinned_key.prove)
_OF_ACCOUNTS: tuple[Prove, ...] = (forge_account.prove,)
_OF_DOMAINS: tuple[Prove, ...] = (dns_record.prove, well_known.prove)


def decide(case: Case, change: NamespaceChange) -> Iterator[Decision]:
    """Try the proofs that count for the namespace, and say what follows for the change."""
    proof, others = first_that_holds(_that_count(case), case)
    if proof is not None:
        yield from _proved(case, proof, change)
    else:
        yield _unproved(case, others, change)
    is_granted = proof is not None and proof.by_operator
    if case.owners is None and change.new_owners is None and not is_granted:
        yield _missing(case, proof)


def first_owners(case: Case) -> Namespace | None:
    """Return the namespace.yaml that a first publication into a free namespace must add.

    None if nothing proves it, or if registry.yaml says whose it is.
    """
    proof, _ = first_that_holds(_that_count(case), case)
    return proof.grants if proof else None


def _that_count(case: Case) -> tuple[Prove, ...]:
    granted: tuple[Prove, ...] = (granted_names.prove,) if case.claim.grants else ()
    is_by_run = bool(case.runs or case.unverified)
    runs: tuple[Prove, ...] = (workflow_run.prove,) if is_by_run else ()
    if case.owners:
        return (*_OWNED, *runs, *granted)
    is_domain = domain_of(case.namespace) is not None
    is_account = forges.account_of(case.namespace, case.account_namespaces) is not None
    return (
        *(_OF_ACCOUNTS if is_account or not is_domain else ()),
        *(_OF_DOMAINS if is_domain else ()),
        *runs,
        *granted,
    )


def _proved(case: Case, proof: Proof, change: NamespaceChange) -> Iterator[Decision]:
    yield Decision(verdict=Verdict.ACCEPT, reason=f"{case.namespace} is proved by {proof.reason}")
    claimed = namespace_path(case.namespace) if case.owners is None else ""
    if claimed and isinstance(change.new_owners, Namespace):
        if proof.grants is None or _essence(change.new_owners) != _essence(proof.grants):
            yield _mismatch(case, proof)
        elif proof.only_signed and change.new_owners.trusted_publishers:
            # Whoever copies a signature would trust workflows of theirs.
            yield _mismatch(case, proof)
    elif claimed and change.new_owners is not None:
        yield _mismatch(case, proof)
    speaks_for = proof.paths or change.signed.paths
    for touch in change.touches if proof.only_signed else ():
        if touch.path not in speaks_for and touch.path != claimed:
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"a signature speaks for the file that it signs, not for {touch.path}",
                rule="unsigned-file",
                path=touch.path,
                help="sign it too, or propose it from an account that namespace.yaml lists",
            )


def _unproved(case: Case, proofs: Sequence[Proof], change: NamespaceChange) -> Decision:
    undecided = [proof for proof in proofs if proof.outcome is ProofOutcome.OPEN]
    reasons = "; ".join(dict.fromkeys(proof.reason for proof in undecided or proofs))
    standing = f"belongs to {_who(case.owners)}" if case.owners else "is free"
    what = "and a proof is still open" if undecided else "and nothing proves that it is yours"
    return Decision(
        verdict=Verdict.REVIEW if undecided else Verdict.REJECT,
        reason=f"{case.namespace} {standing}, {what}: {reasons}",
        rule="namespace-unproved" if case.owners is None else "not-the-owner",
        path=change.touches[0].path,
        help=_ways(case),
    )


def _ways(case: Case) -> str:
    if case.owners:
        return "publish into a namespace of your own, or ask an owner to propose this"
    domain = domain_of(case.namespace)
    if domain is None:
        return "publish as io.github.<your login>, or under a domain of yours"
    account = forges.account_of(case.namespace, case.account_namespaces)
    if account is not None:
        return (
            f"propose it from the {account[0].server} account {account[1]}, or sign it as {domain}"
        )
    return (
        f"sign the entry (mcp-registry sign) with a key that {domain} publishes "
        f"(mcp-registry keygen {domain} prints the record)"
    )


def _missing(case: Case, proof: Proof | None) -> Decision:
    if proof and proof.grants:
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


def _essence(namespace: Namespace) -> object:
    owners = [(owner.identity, owner.login.casefold()) for owner in namespace.owners]
    return namespace.proof, owners, [canonical(key) for key in namespace.keys]


def _who(owners: Namespace) -> str:
    names = [str(owner) for owner in owners.owners]
    if owners.keys:
        names.append("its keys" if names else "a key")
    return " and ".join(names)


def template(namespace: Namespace) -> str:
    """Return namespace.yaml in one line of YAML (flow style), ready to be copied."""
    parts = []
    if namespace.owners:
        owners = ", ".join(map(_owner, namespace.owners))
        parts.append(f"owners: [{owners}]")
    if namespace.keys:
        keys = ", ".join(
            f'{{algorithm: {key.algorithm}, public: "{key.public}"}}' for key in namespace.keys
        )
        parts.append(f"keys: [{keys}]")
    return "{" + ", ".join([*parts, f"proof: {namespace.proof}"]) + "}"


def _owner(owner: Owner) -> str:
    host = "" if owner.host == FORGE_KINDS[owner.forge].host else f", host: {owner.host}"
    group = ", group: true" if owner.group else ""
    return f"{{{owner.forge}: {owner.login}, id: {owner.id}{host}{group}}}"
