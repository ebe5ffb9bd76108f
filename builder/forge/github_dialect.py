"""What the APIs of GitHub and of Forgejo have in common: Forgejo's began as GitHub's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from builder.forge.forge import PullRequest
from builder.forge.rest import Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubDialect:
    """One repository (`owner/name`), seen by the account `login` with its token; see Forge."""

    rest: Rest
    repository: str
    login: str
    token: str

    @property
    def client(self) -> httpx.Client:
        """The connection."""
        return self.rest.client

    def pull_request(self, number: int) -> PullRequest:
        """Read one pull request."""
        return read_pull_request(self._send("GET", f"pulls/{number}"))

    def ref(self, number: int) -> str:
        """Return the ref of a pull request's head."""
        return f"refs/pull/{number}/head"

    def add_comment(self, number: int, body: str) -> None:
        """Write a new comment."""
        self._send("POST", f"issues/{number}/comments", {"body": body})

    def edit_comment(self, number: int, comment: int, body: str) -> None:  # noqa: ARG002
        """Replace the text of one of our comments."""
        self._send("PATCH", f"issues/comments/{comment}", {"body": body})

    def close(self, number: int) -> None:
        """Close a pull request."""
        self._send("PATCH", f"pulls/{number}", {"state": "closed"})

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
        """Start a workflow (a file name in the workflows folder) on a branch."""
        body = {"ref": ref, "inputs": dict(inputs)}
        self._send("POST", f"actions/workflows/{workflow}/dispatches", body)

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        return self.rest.pages(f"repos/{self.repository}/{path}", query)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        return self.rest.send(method, f"repos/{self.repository}/{path}", body)


def read_pull_request(item: Any) -> PullRequest:
    """Read a pull request as both APIs write it."""
    return PullRequest(
        number=item["number"],
        head=item["head"]["sha"],
        base=item["base"]["ref"],
        open=item["state"] == "open",
        draft=bool(item.get("draft")),
        labels=tuple(label["name"] for label in item["labels"] or ()),
        own=frozenset(user["id"] for user in (item.get("user"), _fork_owner(item)) if user),
    )


def _fork_owner(item: Any) -> Any:
    """Return the account whose the fork is; None if account or fork are gone, or there is none."""
    # Forgejo says it of the repository alone.
    repository = item["head"].get("repo")
    return item["head"].get("user") or (repository and repository.get("owner"))
