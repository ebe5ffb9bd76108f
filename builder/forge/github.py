"""GitHub's REST API: the few calls that the workflows make, and their answers as values.

What to say and when to merge is decided in decision.py. The API's address comes from
GITHUB_API_URL, so that GitHub Enterprise Server and a server in a test work alike.
https://docs.github.com/en/rest
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from builder import USER_AGENT
from builder.model.errors import RegistryError, RemoteError
from builder.net import retry
from builder.net.exchange import AnswerBounds, fetch, open_client
from builder.net.retry import RetryPolicy, send_with_retries

PAGE = 100
BOUNDS = AnswerBounds(bytes=32 << 20)
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as it is now. `head` is a commit, `base` a branch.

    `document` is the API's own object: the same that an event carries as `pull_request`.
    """

    number: int
    head: str
    base: str
    open: bool
    draft: bool
    labels: tuple[str, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a pull request, a review of it, or a comment on one of its lines.

    `association` is what its author is to the repository; `created` and `changed` are times that
    sort as text. https://docs.github.com/en/graphql/reference/enums#commentauthorassociation
    """

    id: int
    author: str
    author_id: int
    association: str
    body: str
    created: str
    changed: str


class Refused(RemoteError):
    """GitHub understood the request and refused it; `status` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """One repository (`owner/name`) on GitHub, seen by the account `login` with its token.

    Every call raises RemoteError if it fails.
    """

    client: httpx.Client
    repository: str
    login: str
    token: str
    retry: RetryPolicy = retry.DEFAULT

    def pull_request(self, number: int) -> PullRequest:
        """Read one pull request."""
        return _pull_request(self._send("GET", f"pulls/{number}"))

    def open_pull_requests(self, base: str) -> list[PullRequest]:
        """List the open pull requests into a branch, oldest first."""
        query = {"state": "open", "base": base, "sort": "created", "direction": "asc"}
        return [_pull_request(item) for item in self._pages("pulls", query)]

    def comments(self, number: int) -> list[Comment]:
        """List all comments of a pull request, oldest first."""
        return [_comment(item) for item in self._pages(f"issues/{number}/comments", {})]

    def reviews(self, number: int) -> list[Comment]:
        """List what reviews of a pull request say, as a whole and of single lines, in any order."""
        paths = (f"pulls/{number}/reviews", f"pulls/{number}/comments")
        return [_comment(item) for path in paths for item in self._pages(path, {})]

    def add_comment(self, number: int, body: str) -> None:
        """Write a new comment."""
        self._send("POST", f"issues/{number}/comments", {"body": body})

    def edit_comment(self, comment: int, body: str) -> None:
        """Replace the text of one of our comments."""
        self._send("PATCH", f"issues/comments/{comment}", {"body": body})

    def add_label(self, number: int, label: str) -> None:
        """Add one label to a pull request; it is made if there is none of that name yet."""
        self._send("POST", f"issues/{number}/labels", {"labels": [label]})

    def remove_label(self, number: int, label: str) -> None:
        """Take one label from a pull request; nothing if it has none of that name."""
        try:
            self._send("DELETE", f"issues/{number}/labels/{quote(label, safe='')}")
        except Refused as error:
            if error.status != _NOT_FOUND:
                raise

    def branch_head(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        return str(self._send("GET", f"git/ref/heads/{branch}")["object"]["sha"])

    def close(self, number: int) -> None:
        """Close a pull request."""
        self._send("PATCH", f"pulls/{number}", {"state": "closed"})

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
        """Start a workflow (a file name in .github/workflows/) on a branch."""
        body = {"ref": ref, "inputs": dict(inputs)}
        self._send("POST", f"actions/workflows/{workflow}/dispatches", body)

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> int:
        """Return the number of the open pull request from a branch of ours, made if there is none."""
        owner = self.repository.partition("/")[0]
        query = {"state": "open", "head": f"{owner}:{branch}", "base": base}
        for found in self._pages("pulls", query):
            return int(found["number"])
        content = {"head": branch, "base": base, "title": title, "body": body}
        return int(self._send("POST", "pulls", content)["number"])

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        page = 1
        while True:
            # Counted here, not followed from the Link header: the token goes to no other host.
            asked = {**query, "per_page": str(PAGE), "page": str(page)}
            items = self._send("GET", f"{path}?{httpx.QueryParams(asked)}")
            yield from items
            if len(items) < PAGE:
                return
            page += 1

    def _send(self, method: str, path: str, body: object = None) -> Any:
        request = self.client.build_request(method, f"repos/{self.repository}/{path}", json=body)
        # A POST that was answered with 502 may have been carried out: never sent twice.
        policy = retry.ONCE if method == "POST" else self.retry
        try:
            response = send_with_retries(lambda: fetch(self.client, request, BOUNDS), policy)
            value = json.loads(response.body) if response.body else None
        except (httpx.HTTPError, ValueError) as error:
            raise RemoteError(f"{method} {request.url}: {error or type(error).__name__}") from error
        if not httpx.codes.is_success(response.status_code):
            said = value.get("message", "") if isinstance(value, dict) else ""
            raise Refused(
                f"{method} {request.url}: status {response.status_code} {said}".rstrip(),
                response.status_code,
            )
        return value


def connect(
    api: str, repository: str, token: str, *, login: str, retries: RetryPolicy = retry.DEFAULT
) -> GitHub:
    """Make a client for a repository (`owner/name`) at an API address, such as $GITHUB_API_URL.

    Raises RegistryError without a token or a repository.
    """
    if not token or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise RegistryError(
            "no repository on GitHub, or no token for it",
            help="in a workflow: env: {GITHUB_TOKEN: ${{ github.token }}}",
        )
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "User-Agent": USER_AGENT,
        "X-GitHub-Api-Version": "2022-11-28",
    }
    client = open_client(api, headers, base_url=api)
    return GitHub(client=client, repository=repository, login=login, token=token, retry=retries)


def _pull_request(item: Any) -> PullRequest:
    return PullRequest(
        number=item["number"],
        head=item["head"]["sha"],
        base=item["base"]["ref"],
        open=item["state"] == "open",
        draft=bool(item.get("draft")),
        labels=tuple(label["name"] for label in item["labels"]),
        document=item,
    )


def _comment(item: Any) -> Comment:
    author = item["user"] or {}
    created = item.get("created_at") or item.get("submitted_at") or ""
    return Comment(
        id=item["id"],
        author=author.get("login", ""),
        author_id=author.get("id", 0),
        association=item["author_association"],
        body=item["body"] or "",
        created=created,
        changed=item.get("updated_at") or created,
    )
