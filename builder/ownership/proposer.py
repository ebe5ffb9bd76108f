"""Who proposes a change: read from GitHub's description of the pull request, and from nothing else.

An account is its numeric id. A login is renamed, given up and registered again by somebody
else, so that it proves something only where no id is pinned yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from builder.model.errors import RegistryError

GHOST = 10137
"""The account that GitHub shows in the place of every deleted one: https://github.com/ghost"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account on GitHub; `type` is User, Organization or Bot."""

    login: str
    id: int
    type: str

    def __str__(self) -> str:
        return f"{self.login} ({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who stands for a pull request.

    `accounts` stand for exactly the commit `head` (40 hex digits, "" if nobody is named).
    `internal` tells that its branch is in the registry's own repository, where only its
    maintainers and its own automation can push.
    """

    author: Account | None = None
    accounts: tuple[Account, ...] = ()
    internal: bool = False
    head: str = ""

    def __str__(self) -> str:
        return ", ".join(map(str, self.accounts)) or (str(self.author) if self.author else "nobody")


NOBODY = Claim()


class _Account(BaseModel):
    login: str
    id: int
    type: str = "User"


class _Repository(BaseModel):
    id: int
    owner: _Account


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
    found = dict.fromkeys((_author(event), _fork_owner(pull)))
    return Claim(
        author=_account(pull.user),
        accounts=tuple(account for account in found if account is not None),
        internal=_internal(pull),
        head=pull.head.sha,
    )


def _author(event: _Event) -> Account | None:
    """The author, if it was the author who brought the head to where it is.

    A branch in another account's repository is moved by whoever may push there, long after the
    author opened the pull request: then the author stands only for what the author pushed.
    """
    pull = event.pull_request
    author = _account(pull.user)
    if author is None:
        return None
    pushed = event.action in ("opened", "synchronize") and _account(event.sender) == author
    own_branch = _account(pull.head.user) == author
    return author if pushed or own_branch else None


def _fork_owner(pull: _PullRequest) -> Account | None:
    # A fork of the registry in an account's name: only whom that account lets can push there.
    if pull.head.repo is None or _internal(pull):
        return None
    return _account(pull.head.repo.owner)


def _internal(pull: _PullRequest) -> bool:
    return (
        pull.head.repo is not None
        and pull.base.repo is not None
        and pull.head.repo.id == pull.base.repo.id
    )


def _account(account: _Account | None) -> Account | None:
    if account is None or account.id == GHOST:
        return None
    return Account(login=account.login, id=account.id, type=account.type)
