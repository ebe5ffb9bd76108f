"""The one interface of all proofs: a case goes in, a proof that holds, fails or is open comes out."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from builder.model.layout import Kind
from builder.model.sidecars import Key, Namespace
from builder.net.network import Network
from builder.ownership.proposer import Claim

SIGNED = frozenset({Kind.ENTRY, Kind.SIGNATURE})
"""What a signature speaks for: the entry it signs, and itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be proved: that a claim may publish into a namespace.

    `owners` is namespace.yaml of the base branch, None if the namespace is free. `signers` are
    the keys that signed the entries which the change adds: every entry validly, or there are
    none and `unsigned` says which entry is not.
    """

    namespace: str
    owners: Namespace | None
    claim: Claim
    signers: tuple[Key, ...]
    unsigned: str
    network: Network


class Outcome(enum.Enum):
    """What came of a proof."""

    HOLDS = enum.auto()
    FAILS = enum.auto()
    OPEN = enum.auto()
    """It could not be decided here: a person must look, or it must be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The outcome of one proof, and why, as words that go on from "proved by" or "but".

    `grants` is the namespace.yaml that a first publication with this proof must add; `covers`
    are the kinds of files that the proof speaks for.
    """

    outcome: Outcome
    reason: str
    grants: Namespace | None = None
    covers: frozenset[Kind] = frozenset(Kind)


Prove = Callable[[Case], Proof]


def fails(reason: str) -> Proof:
    """A proof that does not hold."""
    return Proof(outcome=Outcome.FAILS, reason=reason)


def is_open(reason: str) -> Proof:
    """A proof that could not be decided."""
    return Proof(outcome=Outcome.OPEN, reason=reason)
