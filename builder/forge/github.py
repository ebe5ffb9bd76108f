"""GitHub's REST API: the few calls that the workflows make, and their answers as values.

The API's address comes from GITHUB_API_URL, so that GitHub Enterprise Server and a server in a
test work alike. https://docs.github.com/en/rest
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from builder import USER_AGENT
from builder.forge.forge import Comment, PullRequest, Refused
from builder.forge.github_dialect import GitHubDialect, read_pull_request
from builder.forge.rest import NOT_FOUND, Rest
from builder.model.errors import RegistryError
from builder.net import retry
from builder.net.exchange import open_client
from builder.net.retry import RetryPolicy
from builder.ownership import pull_request_event
from builder.ownership.change_request import ChangeRequest

LOGIN = "github-actions[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub(GitHubDialect):
    """One repository (`owner/name`) on GitHub, seen by the account `login` with its token.

    Every call raises RemoteError if it fails.
    """

    def describe(self, number: int, trigger: bytes) -> ChangeRequest:
        """Return who proposes a pull request; see Forge."""
        return describe(self._send("GET", f"pulls/{number}"), number, trigger)

    def page(self, number: int) -> str:
        """Return the path of a pull request's page, below that of its repository."""
        return f"pull/{number}"

    def open_pull_requests(self, base: str) -> list[PullRequest]:
        """List the open pull requests into a branch, oldest first."""
        query = {"state": "open", "base": base, "sort": "created", "direction": "asc"}
        return [read_pull_request(item) for item in self._pages("pulls", query)]

    def comments(self, number: int) -> list[Comment]:
        """List all comments of a pull request, oldest first."""
        return [_comment(item) for item in self._pages(f"issues/{number}/comments", {})]

    def reviews(self, number: int) -> list[Comment]:
        """List what reviews of a pull request say, as a whole and of single lines, in any order."""
        paths = (f"pulls/{number}/reviews", f"pulls/{number}/comments")
        return [_comment(item) for path in paths for item in self._pages(path, {})]

    def add_label(self, number: int, label: str) -> None:
        """Add one label to a pull request; it is made if there is none of that name yet."""
        self._send("POST", f"issues/{number}/labels", {"labels": [label]})

    def remove_label(self, number: int, label: str) -> None:
        """Take one label from a pull request; nothing if it has none of that name."""
        try:
            self._send("DELETE", f"issues/{number}/labels/{quote(label, safe='')}")
        except Refused as error:
            if error.status != NOT_FOUND:
                raise

    def branch_head(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        return str(self._send("GET", f"git/ref/heads/{branch}")["object"]["sha"])

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> int:
        """Return the number of the open pull request from a branch of ours, made if there is none."""
        owner = self.repository.partition("/")[0]
        query = {"state": "open", "head": f"{owner}:{branch}", "base": base}
        for pull in self._pages("pulls", query):
            return int(pull["number"])
        content = {"head": branch, "base": base, "title": title, "body": body}
        return int(self._send("POST", "pulls", content)["number"])


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
    return GitHub(
        rest=Rest(client=client, retry=retries),
        repository=repository,
        login=login or LOGIN,
        token=token,
    )


def describe(pull: Mapping[str, Any], number: int, trigger: bytes) -> ChangeRequest:
    """Return the change request of a pull request as the API has it, and of the event before it."""
    event = orjson.loads(trigger or b"{}")
    pushed_pull = event.get("pull_request") or {}
    pushed = {}
    if pushed_pull.get("number") == number and pushed_pull["head"]["sha"] == pull["head"]["sha"]:
        pushed = {key: event[key] for key in ("action", "sender") if key in event}
    return pull_request_event.read(orjson.dumps({"pull_request": pull, **pushed}))


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
