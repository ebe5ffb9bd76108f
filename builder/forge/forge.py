"""What every forge offers, as values and as one protocol: the steps know no more of it.

An adapter (github.py, gitlab.py, forgejo.py) speaks one API. What to say and when to merge is
decided in decision.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx

from builder.model.errors import RemoteError
from builder.ownership.change_request import ChangeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull or merge request as it is now. `head` is a commit, `base` a branch.

    `own` are the numeric ids of the accounts whose change it is: who opened it, and whose fork it
    comes from.
    """

    number: int
    head: str
    base: str
    open: bool
    draft: bool
    labels: tuple[str, ...]
    own: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a pull request, a review of it, or a comment on one of its lines.

    `association` is what its author is to the repository (owner, member, collaborator, none);
    `created` and `changed` are times that sort as text.
    https://docs.github.com/en/graphql/reference/enums#commentauthorassociation
    """

    id: int
    author: str
    author_id: int
    association: str
    body: str
    created: str
    changed: str


class Refused(RemoteError):
    """The forge understood the request and refused it; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Forge(Protocol):
    """One repository on a forge, seen by the account `login` with its token.

    Every call raises RemoteError if it fails.
    """

    @property
    def client(self) -> httpx.Client:
        """The connection."""

    @property
    def login(self) -> str:
        """The account whose comments are ours."""

    @property
    def token(self) -> str:
        """The token, for git over HTTPS."""

    def pull_request(self, number: int) -> PullRequest:
        """Read one pull request."""

    def describe(self, number: int, trigger: bytes) -> ChangeRequest:
        """Return who proposes a pull request, read anew.

        `trigger` is the event that started the run: only it knows who pushed, and it counts while
        its head is still the head.
        """

    def open_pull_requests(self, base: str) -> list[PullRequest]:
        """List the open pull requests into a branch, oldest first."""

    def ref(self, number: int) -> str:
        """Return the ref of a pull request's head in the registry's own repository."""

    def page(self, number: int) -> str:
        """Return the path of a pull request's page, below that of its repository."""

    def comments(self, number: int) -> list[Comment]:
        """List all comments of a pull request, oldest first."""

    def reviews(self, number: int) -> list[Comment]:
        """List what reviews of a pull request say, as a whole and of single lines, in any order."""

    def add_comment(self, number: int, body: str) -> None:
        """Write a new comment."""

    def edit_comment(self, number: int, comment: int, body: str) -> None:
        """Replace the text of one of our comments."""

    def add_label(self, number: int, label: str) -> None:
        """Add one label to a pull request; it is made if there is none of that name yet."""

    def remove_label(self, number: int, label: str) -> None:
        """Take one label from a pull request; nothing if it has none of that name."""

    def branch_head(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""

    def close(self, number: int) -> None:
        """Close a pull request."""

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
        """Start a workflow on a branch."""

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> int:
        """Return the number of the open pull request from a branch of ours, made if there is none."""
