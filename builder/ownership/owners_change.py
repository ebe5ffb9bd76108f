"""A change of namespace.yaml: whether what it says of identity was proved, and who is lost by it.

Whose the change is has been decided by proofs.py. Here it is asked whether the new file says no
more than what is known: pages and later verdicts rely on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.git.change import Action
from builder.model.layout import Kind, namespace_path
from builder.model.owner import AccountIdentity, Owner
from builder.model.sidecars import Namespace, SidecarError
from builder.model.verdict import Verdict
from builder.ownership import forge_account, still_proved
from builder.ownership.account import is_nobodys
from builder.ownership.decisions import Decision
from builder.ownership.key import canonical, load
from builder.ownership.namespace_change import NamespaceChange
from builder.ownership.proof import Case, Proof, ProofOutcome, fails


def decide(case: Case, change: NamespaceChange) -> Iterator[Decision]:
    """Return what is wrong with the namespace.yaml that a change brings, or what a person must see."""
    proposed = change.new_owners
    if isinstance(proposed, SidecarError):
        yield _removed(case) if _is_removed(change) else _unreadable(case, proposed)
    elif proposed is not None:
        yield from _malformed_keys(case, proposed)
        yield from _nobodys_accounts(case, proposed)
        if case.owners is not None:
            yield from _proof(case, case.owners, proposed)
            yield from _logins(case, case.owners, proposed)


def losses(change: NamespaceChange) -> tuple[str, ...]:
    """Return whom or what a change takes out of namespace.yaml, as words that follow its name.

    An account that takes itself out loses nothing that others should object to.
    """
    before, after = change.owners, change.new_owners
    if not isinstance(before, Namespace) or not isinstance(after, Namespace):
        return ()
    kept = {owner.identity for owner in after.owners}
    kept |= {account.identity for account in change.claim.accounts}
    lost = [owner for owner in before.owners if owner.identity not in kept]
    kept_keys = {canonical(key) for key in after.keys}
    keys = [key for key in before.keys if canonical(key) not in kept_keys]
    return (
        *(f"removes {owner}" for owner in lost),
        *(f"removes the key {key.public[:12]}…" for key in keys),
    )


def _proof(case: Case, before: Namespace, proposed: Namespace) -> Iterator[Decision]:
    if proposed.proof == before.proof:
        if proposed.proof in still_proved.SOURCES and before.keys and not proposed.keys:
            yield _refused_proof(
                case,
                Verdict.REJECT,
                f"its proof is {proposed.proof}, and without a key nobody could see any more "
                "whether the domain still proves it",
            )
        return
    proof = _new_proof(case, proposed)
    if proof.outcome is not ProofOutcome.HOLDS:
        verdict = Verdict.REVIEW if proof.outcome is ProofOutcome.OPEN else Verdict.REJECT
        why = f"proof changes from {before.proof} to {proposed.proof}, but {proof.reason}"
        yield _refused_proof(case, verdict, why)


def _new_proof(case: Case, proposed: Namespace) -> Proof:
    if proposed.proof in still_proved.SOURCES:
        return still_proved.every_key(case.namespace, proposed, case.network)
    proof = forge_account.prove(case)
    if proof.grants is not None and proof.grants.proof != proposed.proof:
        return fails(f"it is proved by {proof.reason}, which is {proof.grants.proof}")
    return proof


def _refused_proof(case: Case, verdict: Verdict, why: str) -> Decision:
    return Decision(
        verdict=verdict,
        reason=f"namespace.yaml of {case.namespace}: {why}",
        rule="namespace-proof-changed",
        path=namespace_path(case.namespace),
        help="leave proof as it is, or publish the keys of the file as the new proof asks",
    )


def _logins(case: Case, before: Namespace, proposed: Namespace) -> Iterator[Decision]:
    known = {_named(owner) for owner in before.owners}
    known |= {(account.identity, account.login.casefold()) for account in case.claim.accounts}
    for owner in proposed.owners:
        if _named(owner) not in known:
            yield Decision(
                verdict=Verdict.REVIEW,
                reason=f"nobody has verified that the account {owner.id} on {owner.host} has the "
                f"login {owner.login}",
                rule="owner-unverified",
                path=namespace_path(case.namespace),
                help="a maintainer compares the two; an account that proposes the change itself "
                "is verified by that",
            )


def _named(owner: Owner) -> tuple[AccountIdentity, str]:
    return owner.identity, owner.login.casefold()


def _nobodys_accounts(case: Case, proposed: Namespace) -> Iterator[Decision]:
    for owner in proposed.owners:
        if is_nobodys(owner.host, owner.id, owner.login):
            yield Decision(
                verdict=Verdict.REJECT,
                reason=f"{owner} is nobody's account in particular, and cannot own a namespace",
                rule="owner-is-nobody",
                path=namespace_path(case.namespace),
                help="list the account of a person or an organisation, or pin a key for workflows",
            )


def _is_removed(change: NamespaceChange) -> bool:
    return any(
        touch.place.kind is Kind.NAMESPACE and touch.action is Action.REMOVE
        for touch in change.touches
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


def _malformed_keys(case: Case, proposed: Namespace) -> Iterator[Decision]:
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
