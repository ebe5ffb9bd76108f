"""GitLab's REST API: merge requests, notes, labels, pipelines. https://docs.gitlab.com/api/rest/

GitLab runs no pipeline of the registry's for a merge request from a fork: a webhook starts one on
the registry's branch. What its payload says of people is not believed; the API is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from builder import USER_AGENT
from builder.forge.forge import Comment, PullRequest
from builder.forge.rest import Rest
from builder.model.errors import RegistryError
from builder.net import retry
from builder.net.exchange import open_client
from builder.net.retry import RetryPolicy
from builder.ownership.account import GROUP, Account
from builder.ownership.change_request import ChangeRequest

# What GitLab calls a member of this level, as GitHub calls it. https://docs.gitlab.com/api/access_requests/
_ASSOCIATIONS = ((50, "owner"), (40, "member"), (30, "collaborator"))
_COMMAND = re.compile(r"^(\s*)/(?=\w)", re.MULTILINE)
_BOT = re.compile(r"(?:project|group)_[0-9]+_bot(?:_[0-9a-z]+)?|ghost[0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitLab:
    """One project of a GitLab; see Forge. `project` is its id, or its path as one segment."""

    rest: Rest
    project: str
    login: str
    token: str

    @property
    def client(self) -> httpx.Client:
        """The connection."""
        return self.rest.client

    def pull_request(self, number: int) -> PullRequest:
        """Read one merge request; whose the fork is must be asked for by itself."""
        item = self._send("GET", f"merge_requests/{number}")
        pull, source = _pull_request(item), item["source_project_id"]
        if source is None or source == item["target_project_id"]:
            return pull
        owner = self._owner(source, urlsplit(item["web_url"]).netloc.lower())
        if owner is None or owner.type == GROUP:  # a group approves nothing, and has other numbers
            return pull
        return replace(pull, own=pull.own | {owner.id})

    def describe(self, number: int, trigger: bytes) -> ChangeRequest:  # noqa: ARG002
        """Return who proposes a merge request: its author, and whose the fork is.

        Who pushed is not known, so that an author stands only for a fork of their own.
        """
        item = self._send("GET", f"merge_requests/{number}")
        host = urlsplit(item["web_url"]).netloc.lower()
        source = item["source_project_id"]
        return ChangeRequest(
            forge="gitlab",
            host=host,
            number=number,
            author=_user(item["author"], host),
            head_owner=self._owner(source, host) if source is not None else None,
            internal=source == item["target_project_id"],
            base=item["target_branch"],
            head=item["sha"],
        )

    def _owner(self, project: int, host: str) -> Account | None:
        """Return in whose name a project is; None if it is gone, or cannot be seen."""
        answer = self.rest.send_if_there("GET", f"projects/{project}")
        if answer is None:
            return None
        namespace = answer["namespace"]
        if namespace["kind"] == "user":
            # The namespace of a user has a number of its own, which is not the user's.
            return _user(answer["owner"], host) if answer.get("owner") else None
        return Account(
            login=namespace["full_path"],
            id=namespace["id"],
            type=GROUP,
            host=host,
            forge="gitlab",
        )

    def ref(self, number: int) -> str:
        """Return the ref of a merge request's head."""
        return f"refs/merge-requests/{number}/head"

    def page(self, number: int) -> str:
        """Return the path of a merge request's page, below that of its repository."""
        return f"-/merge_requests/{number}"

    def open_pull_requests(self, base: str) -> list[PullRequest]:
        """List the open merge requests into a branch, oldest first; of `own` only the authors."""
        query = {"state": "opened", "target_branch": base, "order_by": "created_at", "sort": "asc"}
        return [_pull_request(item) for item in self._pages("merge_requests", query)]

    def comments(self, number: int) -> list[Comment]:
        """List all notes of a merge request, also those on lines, oldest first."""
        query = {"order_by": "created_at", "sort": "asc"}
        notes = self._pages(f"merge_requests/{number}/notes", query)
        levels: dict[int, str] = {}
        return [self._comment(note, levels) for note in notes if not note["system"]]

    def reviews(self, number: int) -> list[Comment]:  # noqa: ARG002
        """Return nothing: the notes on lines are among the others."""
        return []

    def add_comment(self, number: int, body: str) -> None:
        """Write a new note."""
        self._send("POST", f"merge_requests/{number}/notes", {"body": without_commands(body)})

    def edit_comment(self, number: int, comment: int, body: str) -> None:
        """Replace the text of one of our notes."""
        path = f"merge_requests/{number}/notes/{comment}"
        self._send("PUT", path, {"body": without_commands(body)})

    def add_label(self, number: int, label: str) -> None:
        """Add one label; it is made if there is none of that name yet."""
        self._send("PUT", f"merge_requests/{number}", {"add_labels": label})

    def remove_label(self, number: int, label: str) -> None:
        """Take one label away; nothing if it has none of that name."""
        self._send("PUT", f"merge_requests/{number}", {"remove_labels": label})

    def branch_head(self, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        tip = self._send("GET", f"repository/branches/{quote(branch, safe='')}")
        return str(tip["commit"]["id"])

    def close(self, number: int) -> None:
        """Close a merge request."""
        self._send("PUT", f"merge_requests/{number}", {"state_event": "close"})

    def dispatch(self, workflow: str, ref: str, inputs: Mapping[str, str]) -> None:
        """Start a pipeline on a branch; `workflow` and `inputs` are its variables."""
        values = {"MCP_REGISTRY_JOB": workflow, **inputs}
        variables = [
            {"key": key.upper().replace("-", "_"), "value": value} for key, value in values.items()
        ]
        self._send("POST", "pipeline", {"ref": ref, "variables": variables})

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> int:
        """Return the number of the open merge request from a branch of ours."""
        query = {"state": "opened", "source_branch": branch, "target_branch": base}
        for request in self._pages("merge_requests", query):
            if request["source_project_id"] == request["target_project_id"]:
                return int(request["iid"])
        content = {
            "source_branch": branch,
            "target_branch": base,
            "title": title,
            "description": without_commands(body),
        }
        return int(self._send("POST", "merge_requests", content)["iid"])

    def _comment(self, note: Any, levels: dict[int, str]) -> Comment:
        author = note["author"]
        if "resume" in note["body"].casefold() and author["id"] not in levels:
            levels[author["id"]] = self._association(author["id"])
        return Comment(
            id=note["id"],
            author=author["username"],
            author_id=author["id"],
            association=levels.get(author["id"], "none"),
            body=note["body"],
            created=note["created_at"],
            changed=note["updated_at"],
        )

    def _association(self, user: int) -> str:
        path = f"projects/{self.project}/members/all/{user}"
        member = self.rest.send_if_there("GET", path)
        level = member["access_level"] if member and member.get("state") == "active" else 0
        return next((name for least, name in _ASSOCIATIONS if level >= least), "none")

    def _pages(self, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        return self.rest.pages(f"projects/{self.project}/{path}", query)

    def _send(self, method: str, path: str, body: object = None) -> Any:
        return self.rest.send(method, f"projects/{self.project}/{path}", body)


def connect(
    api: str, project: str, token: str, *, login: str, retries: RetryPolicy = retry.DEFAULT
) -> GitLab:
    """Make a client for a project (its id or path) at an API address, such as $CI_API_V4_URL.

    Without a `login` the API is asked whose the token is. RegistryError without token or project.
    """
    if not token or not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", project):
        raise RegistryError(
            "no project on GitLab, or no token for it",
            help="set the variable GITLAB_TOKEN: a token of the project with the scopes api and "
            "write_repository",
        )
    headers = {"PRIVATE-TOKEN": token, "User-Agent": USER_AGENT}
    rest = Rest(client=open_client(api, headers, base_url=api), retry=retries)
    return GitLab(
        rest=rest,
        project=quote(project, safe=""),
        login=login or str(rest.send("GET", "user")["username"]),
        token=token,
    )


def without_commands(body: str) -> str:
    """Return a text in which no line is a quick action, which GitLab would carry out as us.

    https://docs.gitlab.com/user/project/quick_actions/
    """
    return _COMMAND.sub(r"\1\\/", body)


def _pull_request(item: Any) -> PullRequest:
    return PullRequest(
        number=item["iid"],
        head=item["sha"],
        base=item["target_branch"],
        open=item["state"] == "opened",
        draft=bool(item["draft"]),
        labels=tuple(item["labels"]),
        own=frozenset({item["author"]["id"]} if item.get("author") else ()),
    )


def _user(user: Any, host: str) -> Account | None:
    login = user["username"]
    if login.startswith("ghost") and _BOT.fullmatch(login):
        return None
    kind = "Bot" if _BOT.fullmatch(login) else "User"
    return Account(login=login, id=user["id"], type=kind, host=host, forge="gitlab")
