"""Who proposes a change: read from GitHub's description of the pull request, and from nothing else.

An account is a server and its numeric id there. A login is renamed, given up and registered
again by somebody else, so that it proves something only where no id is pinned yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from builder.model.errors import RegistryError
from builder.model.sidecars import GITHUB, Key

GHOST = 10137
"""The account that GitHub shows in the place of every deleted one: https://github.com/ghost"""
ACTIONS_BOT = 41898282
"""github-actions[bot]: it acts for every workflow of every repository."""
NOBODYS_IDS: Mapping[int, str] = {GHOST: "ghost", ACTIONS_BOT: "github-actions[bot]"}
"""Accounts of github.com that stand for nobody in particular."""
_NOBODYS_LOGINS = frozenset(NOBODYS_IDS.values())


def is_nobodys(host: str, id: int, login: str) -> bool:
    """Return whether an account stands for nobody in particular, so that it can own nothing.

    The numbers are those of github.com; other servers have such accounts by the same logins.
    """
    return (host == GITHUB and id in NOBODYS_IDS) or login.casefold() in _NOBODYS_LOGINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of a GitHub server, `host`; `type` is User, Organization or Bot."""

    login: str
    id: int
    type: str
    host: str = GITHUB
    administered: bool = False
    """Whether it is an organisation, and who stands for it is known to be one of its owners."""

    def __str__(self) -> str:
        return f"{self.login} ({self.id}{'' if self.host == GITHUB else f' on {self.host}'})"

    @property
    def described(self) -> str:
        """The account, and of an organisation who can act for it."""
        if self.type != "Organization":
            return str(self)
        if self.administered:
            return f"{self}, an organisation, by one of its owners"
        return f"{self}, an organisation: whoever can push to its fork acts for it"


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
    `internal` is whether its branch is in the registry's own repository, where only its
    maintainers and its own automation can push. `keys` and `grants` come from a login.
    """

    author: Account | None = None
    accounts: tuple[Account, ...] = ()
    internal: bool = False
    head: str = ""
    keys: tuple[HeldKey, ...] = ()
    grants: tuple[Grant, ...] = ()

    @property
    def is_of_somebody(self) -> bool:
        """Whether it is known who proposes the change, whatever they may do."""
        return bool(self.accounts or self.author or self.keys or self.grants)

    def __str__(self) -> str:
        named = (*self.accounts, *self.keys, *self.grants)
        return ", ".join(map(str, named)) or (str(self.author) if self.author else "nobody")


NOBODY = Claim()
UNKNOWN_ID = 2**53 - 1
"""Stands for the numeric id of an account of which only the login is known; GitHub's are far smaller."""


def as_account(login: str, id: int = UNKNOWN_ID) -> Claim:
    """Return the claim of a pull request that an account of github.com would open from its fork."""
    account = Account(login=login, id=id, type="User")
    return Claim(author=account, accounts=(account,))


class _Account(BaseModel):
    login: str
    id: int
    type: str = "User"
    html_url: str = ""


class _Repository(BaseModel):
    id: int
    owner: _Account
    html_url: str = ""


class _Side(BaseModel):
    sha: str
    user: _Account | None = None
    repo: _Repository | None = None


class _PullRequest(BaseModel):
    user: _Account | None
    head: _Side
    base: _Side


class _Event(BaseModel):
    action: str = ""
    sender: _Account | None = None
    pull_request: _PullRequest


def read_event(data: bytes) -> Claim:
    """Read the payload of a pull_request_target event (or one of its shape, from GitHub's API).

    RegistryError if it is not one.
    https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
    """
    try:
        event = _Event.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise RegistryError(
            f"not a pull request event: {where}: {first['msg']}",
            help="give the payload of a pull_request_target event, as in $GITHUB_EVENT_PATH",
        ) from error
    pull = event.pull_request
    host = _host(pull.base.repo.html_url if pull.base.repo else "") or GITHUB
    accounts = dict.fromkeys((_author(event, host), _fork_owner(pull, host)))
    return Claim(
        author=_account(pull.user, host),
        accounts=tuple(one for one in accounts if one is not None and not _is_nobodys(one)),
        internal=_internal(pull),
        head=pull.head.sha,
    )


def _author(event: _Event, host: str) -> Account | None:
    """The author, if it was the author who brought the head to where it is.

    A branch in another account's repository is moved by whoever may push there, long after the
    author opened the pull request: then the author stands only for what the author pushed.
    """
    pull = event.pull_request
    author = _account(pull.user, host)
    if author is None:
        return None
    pushed = event.action in ("opened", "synchronize") and _account(event.sender, host) == author
    own_branch = _account(pull.head.user, host) == author
    return author if pushed or own_branch else None


def _fork_owner(pull: _PullRequest, host: str) -> Account | None:
    # A fork of the registry in an account's name: only whom that account lets can push there.
    if pull.head.repo is None or _internal(pull):
        return None
    return _account(pull.head.repo.owner, host)


def _internal(pull: _PullRequest) -> bool:
    return (
        pull.head.repo is not None
        and pull.base.repo is not None
        and pull.head.repo.id == pull.base.repo.id
    )


def _account(account: _Account | None, host: str) -> Account | None:
    """Return an account as a value; `host` is the server of the pull request.

    The server that the account's own address names counts where it has one.
    """
    if account is None or account.id == GHOST:
        return None
    own = _host(account.html_url) if account.html_url else host
    return Account(login=account.login, id=account.id, type=account.type, host=own)


def _is_nobodys(account: Account) -> bool:
    return is_nobodys(account.host, account.id, account.login)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
