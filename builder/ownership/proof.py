"""The one interface of all proofs: a case goes in, a proof that holds, fails or is open comes out."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.model.domain import domain_of, lineage
from builder.model.forges import AccountNamespaces
from builder.model.sidecars import Key, Namespace
from builder.net.network import Network
from builder.ownership.proposer import Claim, HeldKey

if TYPE_CHECKING:
    from builder.ownership.ci_run import CiRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be proved: that a claim may publish into a namespace.

    `owners` is namespace.yaml of the base branch, None if the namespace is free. `signers` are
    the keys that signed the files of the change: every added entry validly, or there are none
    and `unsigned` says which entry is not. `account_namespaces` are those that
    registry.yaml lets accounts of other servers prove. `added` are the paths of the entries that
    the change adds, `runs` the runs of CI that vouch for them, by path, and `unverified` says why
    it is not known whether any does. `servers` are those that it touches, without the namespace.
    """

    namespace: str
    owners: Namespace | None
    claim: Claim
    signers: tuple[Key, ...]
    unsigned: str
    network: Network
    account_namespaces: tuple[AccountNamespaces, ...] = ()
    added: tuple[str, ...] = ()
    servers: frozenset[str] = frozenset()
    runs: Mapping[str, CiRun] = field(default_factory=dict)
    unverified: str = ""

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
    `only_signed` tells that it speaks for the files that are signed and for no others, or for those
    in `paths` if it names any.
    """

    outcome: ProofOutcome
    reason: str
    grants: Namespace | None = None
    only_signed: bool = False
    paths: frozenset[str] = frozenset()
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
