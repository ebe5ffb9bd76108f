"""Proof by a key that namespace.yaml of the base branch pins.

Pinned says that the key was the owner's. Where a domain was the proof, the domain must still
publish it: a key is replaced there when it is lost, and a domain that has expired belongs to
somebody else next year.
"""

from __future__ import annotations

from builder.ownership import dns_record, well_known
from builder.ownership.key import canonical
from builder.ownership.proof import Case, Proof, ProofOutcome, fails, holds, is_open

_STILL = {"dns": dns_record.prove, "http": well_known.prove}


def prove(case: Case) -> Proof:
    """Look for the keys of the signatures among the pinned ones."""
    signers = case.signers or tuple(held.key for held in case.held)
    if case.owners is None or not signers:
        return fails(case.unsigned)
    pinned = {canonical(key) for key in case.owners.keys}
    if not pinned.issuperset(signers):
        return _not_pinned(case)
    is_signed = bool(case.signers)
    still = _STILL.get(case.owners.proof)
    if still is None:
        return holds("a pinned key", only_signed=is_signed)
    published = still(case)
    if published.outcome is not ProofOutcome.HOLDS:
        return is_open(f"the files are signed with a pinned key, but {published.reason}")
    return holds(f"a pinned key, still {published.reason}", only_signed=is_signed)


def _not_pinned(case: Case) -> Proof:
    for prove_domain in (dns_record.prove, well_known.prove):
        domain = prove_domain(case)
        if domain.outcome is ProofOutcome.HOLDS:
            return is_open(
                f"the files are signed with {domain.reason}, which namespace.yaml does not pin: "
                "the key was replaced, or the domain has changed hands"
            )
    return fails("the key of the signatures is not pinned")
