"""Who proposes a change: read from the forge's description of it, and from nothing else.

An account is a server and its numeric id there. A login is renamed, given up and registered
again by somebody else, so that it proves something only where no id is pinned yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from builder.model.forges import GITHUB, ForgeName
from builder.model.sidecars import Key
from builder.ownership.account import Account, is_nobodys

if TYPE_CHECKING:
    from builder.ownership.ci_run import CiRun


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A key that somebody has just shown to hold, and the domain that publishes it, by DNS or HTTP.

    It is as good as a signature of each file that is proposed, for as long as a login lasts.
    """

    domain: str
    source: Literal["dns", "http"]
    key: Key

    def __str__(self) -> str:
        return f"a key of {self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Names that registry.yaml lets somebody publish, as patterns; `to` says whom, in words."""

    names: tuple[str, ...]
    to: str

    def covers(self, namespace: str) -> bool:
        """Return whether everything in a namespace is granted."""
        return any(is_covered(f"{namespace}/", pattern) for pattern in self.names)

    def __str__(self) -> str:
        return self.to


def is_covered(name: str, pattern: str) -> bool:
    """Return whether a pattern covers a name: `*` all, a `*` at the end all that begin so."""
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who stands for a pull request, or for a publication by the API.

    `accounts` stand for exactly the commit `head` (40 hex digits, "" if nobody is named).
    `internal` is whether its branch is in the registry's own repository, where only its maintainers
    and its own automation can push. `keys` and `grants` come from a login; `run` is the run of CI
    that logged in, and then `accounts` is the owner of its repository.
    """

    author: Account | None = None
    accounts: tuple[Account, ...] = ()
    internal: bool = False
    head: str = ""
    keys: tuple[HeldKey, ...] = ()
    grants: tuple[Grant, ...] = ()
    run: CiRun | None = None

    @property
    def is_of_somebody(self) -> bool:
        """Whether it is known who proposes the change, whatever they may do."""
        return bool(self.accounts or self.author or self.keys or self.grants)

    def __str__(self) -> str:
        named = (*self.accounts, *self.keys, *self.grants)
        return ", ".join(map(str, named)) or (str(self.author) if self.author else "nobody")


NOBODY = Claim()
UNKNOWN_ID = 2**53 - 1
"""Stands for the numeric id of an account of which only the login is known; real ones are far smaller."""


def as_account(
    login: str, id: int = UNKNOWN_ID, *, host: str = GITHUB, forge: ForgeName = "github"
) -> Claim:
    """Return the claim of a pull request that an account would open from its own fork."""
    account = Account(login=login, id=id, type="User", host=host, forge=forge)
    return Claim(author=account, accounts=(account,))


def claim_of(
    author: Account | None,
    pusher: Account | None,
    head_owner: Account | None,
    internal: bool,
    head: str,
) -> Claim:
    """Return who stands for a head.

    A branch in another account's repository is moved by whoever may push there, long after its
    author opened the pull request: then the author stands only for what the author pushed. For a
    fork stands the account that has it: only whom that account lets can push there.
    """
    stands = author is not None and author in (pusher, head_owner)
    named = dict.fromkeys((author if stands else None, None if internal else head_owner))
    accounts = (
        account
        for account in named
        if account and not is_nobodys(account.host, account.id, account.login)
    )
    return Claim(author=author, accounts=tuple(accounts), internal=internal, head=head)
