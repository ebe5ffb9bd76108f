"""Pull requests as GitHub and Forgejo describe them, in events and in answers of their APIs.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
https://forgejo.org/docs/latest/user/webhooks/
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from builder.model.forges import FORGE_KINDS, GITHUB, ForgeName
from builder.ownership import change_request
from builder.ownership.account import GHOST, Account
from builder.ownership.change_request import ChangeRequest, not_an_event
from builder.ownership.proposer import Claim

# The last is Forgejo's.
_PUSHES = ("opened", "synchronize", "synchronized")


class _Account(BaseModel):
    login: str
    id: int
    type: str | None = None
    html_url: str = ""


class _Repository(BaseModel):
    id: int
    owner: _Account
    html_url: str = ""


class _Side(BaseModel):
    ref: str = ""
    sha: str = ""
    user: _Account | None = None
    repo: _Repository | None = None


class _PullRequest(BaseModel):
    number: int = 0
    user: _Account | None
    head: _Side
    base: _Side


class _Event(BaseModel):
    action: str = ""
    sender: _Account | None = None
    pull_request: _PullRequest
    open_requests: dict[int, str] = {}


def read_claim(data: bytes) -> Claim:
    """Read who proposes a change from what `read` takes."""
    return read(data).claim


def read(data: bytes) -> ChangeRequest:
    """Read an event about a pull request, or a change request that was written.

    RegistryError if it is neither.
    """
    if change_request.is_stored(data):
        return change_request.read(data)
    try:
        event = _Event.model_validate_json(data)
    except ValidationError as error:
        raise not_an_event(error) from error
    pull = event.pull_request
    forge = _forge(pull)
    host = _host(pull.base.repo.html_url if pull.base.repo else "") or FORGE_KINDS[forge].host
    author = _account(pull.user, host, forge)
    return ChangeRequest(
        forge=forge,
        host=host,
        number=pull.number,
        author=author,
        pusher=_pusher(event, host, forge),
        head_owner=_account(pull.head.repo.owner if pull.head.repo else None, host, forge),
        internal=_internal(pull),
        base=pull.base.ref,
        head=pull.head.sha,
        open_requests=event.open_requests,
    )


def _forge(pull: _PullRequest) -> ForgeName:
    # GitHub says of every account what type it has; Forgejo of none.
    is_github = pull.base.repo is None or pull.base.repo.owner.type is not None
    return "github" if is_github else "forgejo"


def _pusher(event: _Event, host: str, forge: ForgeName) -> Account | None:
    head = event.pull_request.head
    if head.repo is None and head.user is not None and head.user == event.pull_request.user:
        # The fork is deleted, and was its owner's alone as long as it was there.
        return _account(head.user, host, forge)
    return _account(event.sender, host, forge) if event.action in _PUSHES else None


def _internal(pull: _PullRequest) -> bool:
    return (
        pull.head.repo is not None
        and pull.base.repo is not None
        and pull.head.repo.id == pull.base.repo.id
    )


def _account(account: _Account | None, host: str, forge: ForgeName) -> Account | None:
    """Return an account as a value; `host` is the server of the pull request.

    The server that the account's own address names counts where it has one.
    """
    if account is None:
        return None
    own = _host(account.html_url) if account.html_url else host
    if account.login.casefold() == "ghost" or (own == GITHUB and account.id == GHOST):
        return None
    return Account(
        login=account.login, id=account.id, type=account.type or "User", host=own, forge=forge
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
