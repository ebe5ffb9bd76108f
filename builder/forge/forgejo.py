"""The REST API of Forgejo (Codeberg) and Gitea: what differs from GitHub's.

Pull requests and events have GitHub's shape. Labels are numbers, comments come whole, and what an
account may do is a question of its own. https://codeberg.org/api/swagger
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from builder import USER_AGENT
from builder.forge import github
from builder.forge.forge import Comment, PullRequest
from builder.forge.github_dialect import GitHubDialect, read_pull_request
from builder.forge.rest import Rest
from builder.model.errors import RegistryError
from builder.net import retry
from builder.net.exchange import open_client
from builder.net.retry import RetryPolicy
from builder.ownership.account import Account
from builder.ownership.change_request import ChangeRequest

LOGIN = "forgejo-actions"
"""The account of the token that a workflow has by itself."""
_COLOR = "#5319e7"
# What Forgejo calls what a collaborator may do, as GitHub calls who may.
_ASSOCIATIONS = {"owner": "owner", "admin": "member", "write": "collaborator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgejo(GitHubDialect):
    """One repository (`owner/name`) of a Forgejo or Gitea; see Forge."""

    def page(self, number: int) -> str:
        """Return the path of a pull request's page, below that of its repository."""
        return f"pulls/{number}"

    def describe(self, number: int, trigger: bytes) -> ChangeRequest:
        """Return who proposes a pull request; see Forge."""
        request = github.describe(self._send("GET", f"pulls/{number}"), number, trigger)
        owner = self._with_type(request.head_owner)
        # An author and a fork's owner are one account only if they are equal in all.
        author = owner if owner and request.author == request.head_owner else request.author
        return replace(request, forge="forgejo", author=author, head_owner=owner)

    def _with_type(self, owner: Account | None) -> Account | None:
        """Users and organisations have one row of numbers, and look alike: ask which it is."""
        if owner is None:
            return None
        organization = self.rest.send_if_there("GET", f"orgs/{quote(owner.login, safe='')}")
        return replace(
            owner, type="User" if organization is None else "Organization", forge="forgejo"
        )

    def open_pull_requests(self, base: str) -> list[PullRequest]:
        """List the open pull requests into a branch, oldest first."""
        pulls = self._pages("pulls", {"state": "open", "sort": "oldest"})
        return [read_pull_request(item) for item in pulls if item["base"]["ref"] == base]

    def comments(self, number: int) -> list[Comment]:
        """List all comments of a pull request, oldest first."""
        return self._comments([self._send("GET", f"issues/{number}/comments")])

    def reviews(self, number: int) -> list[Comment]:
        """List what reviews of a pull request say, as a whole and of single lines, in any order."""
        reviews = list(self._pages(f"pulls/{number}/reviews", {}))
        lines = (
            self._send("GET", f"pulls/{number}/reviews/{review['id']}/comments")
            for review in reviews
        )
        return self._comments([reviews, *lines])

    def add_label(self, number: int, label: str) -> None:
        """Add one label; it is made if there is none of that name yet."""
        known = self._label(label)
        if known is None:
            known = int(self._send("POST", "labels", {"name": label, "color": _COLOR})["id"])
        self._send("POST", f"issues/{number}/labels", {"labels": [known]})

    def remove_label(self, number: int, label: str) -> None:
        """Take one label away; nothing if there is none of that name."""
        known = self._label(label)
        if known is not None:
            self._send("DELETE", f"issues/{number}/labels/{known}")

    def branch_head(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        return str(self._send("GET", f"branches/{quote(branch, safe='')}")["commit"]["id"])

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> int:
        """Return the number of the open pull request from a branch of ours."""
        for pull in self._pages("pulls", {"state": "open"}):
            head, into = pull["head"], pull["base"]
            same = head["repo"] and head["repo"]["id"] == into["repo"]["id"]
            if same and (head["ref"], into["ref"]) == (branch, base):
                return int(pull["number"])
        content = {"head": branch, "base": base, "title": title, "body": body}
        return int(self._send("POST", "pulls", content)["number"])

    def _label(self, name: str) -> int | None:
        labels = self._pages("labels", {})
        return next((label["id"] for label in labels if label["name"] == name), None)

    def _comments(self, lists: list[Any]) -> list[Comment]:
        roles: dict[str, str] = {}
        return [self._comment(item, roles) for items in lists for item in items or ()]

    def _comment(self, item: Any, roles: dict[str, str]) -> Comment:
        author = item["user"] or {}
        login, body = author.get("login", ""), item["body"] or ""
        if login and "resume" in body.casefold() and login not in roles:
            roles[login] = self._association(login)
        created = item.get("created_at") or item.get("submitted_at") or ""
        return Comment(
            id=item["id"],
            author=login,
            author_id=author.get("id", 0),
            association=roles.get(login, "none"),
            body=body,
            created=created,
            changed=item.get("updated_at") or created,
        )

    def _association(self, login: str) -> str:
        path = f"repos/{self.repository}/collaborators/{quote(login, safe='')}/permission"
        answer = self.rest.send_if_there("GET", path) or {}
        return _ASSOCIATIONS.get(str(answer.get("permission")), "none")


def connect(
    api: str, repository: str, token: str, *, login: str, retries: RetryPolicy = retry.DEFAULT
) -> Forgejo:
    """Make a client for a repository (`owner/name`) at an API address, https://HOST/api/v1.

    RegistryError without a token or a repository.
    """
    if not token or not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise RegistryError(
            "no repository on Forgejo, or no token for it",
            help="in a workflow: env: {FORGEJO_TOKEN: ${{ secrets.GATE_TOKEN }}}",
        )
    headers = {"Authorization": f"token {token}", "User-Agent": USER_AGENT}
    client = open_client(api, headers, base_url=api)
    return Forgejo(
        # Servers have limits of their own on the size of a page.
        rest=Rest(client=client, retry=retries, size="limit", page=50, short_page_is_last=False),
        repository=repository,
        login=login or LOGIN,
        token=token,
    )
