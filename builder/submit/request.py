"""A request as values: where it goes, what it brings, and what it is called once it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.forge.rest import Rest
from builder.ownership.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRepository:
    """A registry's repository on a forge (`owner/name`), which anybody may read if it is public."""

    rest: Rest
    kind: str
    host: str
    repository: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(RegistryRepository):
    """A registry's repository, and the publisher's account on its forge."""

    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlan:
    """What a request brings: files by path, for a branch of the registry from one of ours.

    `replaced` are those that are there already.
    """

    title: str
    base: str
    branch: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRequest:
    """A pull or merge request: its number in the registry's repository, and its address."""

    number: int
    address: str
