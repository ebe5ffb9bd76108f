"""The one interface of all proofs: a case goes in, a proof that holds, fails or is open comes out."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from builder.model.domain import domain_of, lineage
from builder.model.forges import AccountNamespaces
from builder.model.sidecars import Key, Namespace
from builder.net.network import Network
from builder.ownership.proposer import Claim, HeldKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be proved: that a claim may publish into a namespace.

    `owners` is namespace.yaml of the base branch, None if the namespace is free. `signers` are
    the keys that signed the files of the change: every added entry validly, or there are none
    and `unsigned` says which entry is not. `account_namespaces` are those that
    registry.yaml lets accounts of other servers prove.
    """

    namespace: str
    owners: Namespace | None
    claim: Claim
    signers: tuple[Key, ...]
    unsigned: str
    network: Network
    account_namespaces: tuple[AccountNamespaces, ...] = ()

    @property
    def held(self) -> tuple[HeldKey, ...]:
        """The keys that the claim holds and that can speak for the namespace, by name."""
        domain = domain_of(self.namespace)
        names = {"dns": lineage(domain) if domain else (), "http": (domain,)}
        return tuple(held for held in self.claim.keys if held.domain in names[held.source])


class ProofOutcome(enum.Enum):
    """What came of a proof."""

    HOLDS = enum.auto()
    FAILS = enum.auto()
    OPEN = enum.auto()
    """It could not be decided here: a person must look, or it must be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The outcome of one proof, and why, as words that go on from "proved by" or "but".

    `grants` is the namespace.yaml that a first publication with this proof must add;
    `only_signed` tells that it speaks for the files that are signed and for no others.
    """

    outcome: ProofOutcome
    reason: str
    grants: Namespace | None = None
    only_signed: bool = False
    by_operator: bool = False
    """Whether registry.yaml says so: then no namespace.yaml need say whose the namespace is."""


Prove = Callable[[Case], Proof]


def holds(reason: str, *, only_signed: bool = False) -> Proof:
    """Return a proof that holds."""
    return Proof(outcome=ProofOutcome.HOLDS, reason=reason, only_signed=only_signed)


def fails(reason: str) -> Proof:
    """Return a proof that does not hold."""
    return Proof(outcome=ProofOutcome.FAILS, reason=reason)


def is_open(reason: str) -> Proof:
    """Return a proof that could not be decided."""
    return Proof(outcome=ProofOutcome.OPEN, reason=reason)


def first_that_holds(proofs: tuple[Prove, ...], case: Case) -> tuple[Proof | None, list[Proof]]:
    """Try proofs in turn: return the first that holds, if any, and those that do not before it."""
    others: list[Proof] = []
    for prove in proofs:
        proof = prove(case)
        if proof.outcome is ProofOutcome.HOLDS:
            return proof, others
        others.append(proof)
    return None, others
