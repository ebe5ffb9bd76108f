"""Forgejo on loopback: a git repository, and the part of the API v1 that is used here.

Answers are cut to what is not links. https://codeberg.org/api/swagger
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.local_server import Reply, Request, as_json
from tests.registry import Registry

TOKEN = "forgejo-test"
REPOSITORY = "example/registry"
HOST = "https://codeberg.org"
MOST = 50
"""The most items that the server puts on a page, whatever is asked."""


def user(login: str, id: int, host: str = HOST) -> dict[str, Any]:
    """A user or an organisation: they look alike, and neither says its type."""
    return {
        "id": id,
        "login": login,
        "login_name": "",
        "full_name": "",
        "email": f"{login}@noreply.{host.partition('//')[2]}",
        "username": login,
        "html_url": f"{host}/{login}",
        "visibility": "public",
    }


BOT = user("forgejo-actions", -2)
EXAMPLE = user("example", 1)


def repository(owner: dict[str, Any], id: int, *, fork: bool = True) -> dict[str, Any]:
    name = f"{owner['login']}/registry"
    host = owner["html_url"].rpartition("/")[0]
    return {
        "id": id,
        "owner": owner,
        "name": "registry",
        "full_name": name,
        "fork": fork,
        "html_url": f"{host}/{name}",
    }


@dataclass
class ForgejoServer:
    """What Forgejo knows: the repository, pull requests, comments, labels, who may what."""

    git: Registry
    base: dict[str, Any] = field(default_factory=lambda: repository(EXAMPLE, 1, fork=False))
    organisations: set[str] = field(default_factory=lambda: {"example"})
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    permissions: dict[str, str] = field(default_factory=dict)
    dispatched: list[tuple[str, Any]] = field(default_factory=list)
    before_comments: Callable[[], object] = lambda: None
    before_push: Callable[[], object] = lambda: None

    def open(self, head: str, author: dict[str, Any], fork: dict[str, Any] | None) -> int:
        """Open a pull request from a repository; None: from a fork that was deleted."""
        number = len(self.pulls) + 1
        self.push(number, head)
        self.pulls[number] = {
            "id": 70_000 + number,
            "number": number,
            "state": "open",
            "draft": False,
            "title": "Publish",
            "user": author,
            "labels": [],
            "base": {
                "label": "main",
                "ref": "main",
                "sha": self.tip(),
                "repo_id": 1,
                "repo": self.base,
            },
            "head": {
                "label": "publish",
                "ref": "publish",
                "repo_id": fork["id"] if fork else 0,
                "repo": fork,
            },
        }
        return number

    def push(self, number: int, head: str) -> None:
        self.git.git("update-ref", f"refs/pull/{number}/head", head)

    def tip(self) -> str:
        return self.git.git("rev-parse", "refs/heads/main")

    def pull(self, number: int) -> dict[str, Any]:
        pull = self.pulls[number]
        if branch := pull["head"].get("branch"):  # of our own: it follows what is pushed
            self.push(number, self.git.git("rev-parse", f"refs/heads/{branch}"))
        sha = self.git.git("rev-parse", f"refs/pull/{number}/head")
        return {**pull, "head": {**pull["head"], "sha": sha}}

    def event(self, number: int, action: str, sender: dict[str, Any]) -> dict[str, Any]:
        """The event by which a workflow is started."""
        pull = self.pull(number)
        return {
            "action": action,
            "number": number,
            "pull_request": pull,
            "repository": self.base,
            "sender": sender,
        }

    def comment(self, number: int, body: str, author: dict[str, Any]) -> dict[str, Any]:
        count = len(self.comments)
        time = f"2025-01-01T{count // 3600:02}:{count // 60 % 60:02}:{count % 60:02}Z"
        made = {
            "id": count + 1,
            "issue": number,
            "user": author,
            "body": body,
            "created_at": time,
            "updated_at": time,
        }
        self.comments.append(made)
        return made

    def answer(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != f"token {TOKEN}":
            return as_json({"message": "user does not exist"}, 401)
        path = request.path.removeprefix("/api/v1/")
        for method, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return answer(self, request, *match.groups())
        return as_json({"message": "not found", "url": f"{HOST}/api/swagger"}, 404)

    def organisation(self, _: Request, name: str) -> Reply:
        if name in self.organisations:
            return as_json({"id": 1, "name": name, "username": name})
        return as_json({"message": "GetOrgByName"}, 404)

    def get_pull(self, _: Request, number: str) -> Reply:
        if int(number) not in self.pulls:
            return as_json({"message": "pull request does not exist"}, 404)
        answer = as_json(self.pull(int(number)))
        self.before_push()
        return answer

    def list_pulls(self, request: Request) -> Reply:
        state = request.query["state"]
        found = [self.pull(number) for number, pull in self.pulls.items() if pull["state"] == state]
        return _page(found, request)

    def create_pull(self, request: Request) -> Reply:
        asked = request.json
        head = self.git.git("rev-parse", f"refs/heads/{asked['head']}")
        number = self.open(head, BOT, self.base)
        self.pulls[number] |= {key: asked[key] for key in ("title", "body")}
        self.pulls[number]["head"] |= {"ref": asked["head"], "branch": asked["head"]}
        return as_json(self.pull(number), 201)

    def edit_pull(self, request: Request, number: str) -> Reply:
        self.pulls[int(number)] |= request.json
        return as_json(self.pull(int(number)), 201)

    def list_comments(self, _: Request, number: str) -> Reply:
        self.before_comments()
        return as_json([comment for comment in self.comments if comment["issue"] == int(number)])

    def add_comment(self, request: Request, number: str) -> Reply:
        return as_json(self.comment(int(number), request.json["body"], BOT), 201)

    def edit_comment(self, request: Request, id: str) -> Reply:
        (comment,) = (comment for comment in self.comments if comment["id"] == int(id))
        comment["body"] = request.json["body"]
        return as_json(comment)

    def list_reviews(self, request: Request, number: str) -> Reply:
        found = [review for review in self.reviews if review["issue"] == int(number)]
        return _page([{**one, "comments": None} for one in found], request)

    def line_comments(self, _: Request, number: str, id: str) -> Reply:
        lines = (review["comments"] for review in self.reviews if review["id"] == int(id))
        return as_json([{**line, "issue": int(number)} for comments in lines for line in comments])

    def list_labels(self, request: Request) -> Reply:
        return _page(self.labels, request)

    def create_label(self, request: Request) -> Reply:
        label = {"id": 100 + len(self.labels), **request.json}
        self.labels.append(label)
        return as_json(label, 201)

    def add_labels(self, request: Request, number: str) -> Reply:
        wanted = request.json["labels"]
        added = [label for label in self.labels if label["id"] in wanted]
        if len(added) < len(wanted):
            return as_json({"message": "label does not exist"}, 404)
        self.pulls[int(number)]["labels"] += added
        return as_json(self.pulls[int(number)]["labels"])

    def remove_label(self, _: Request, number: str, id: str) -> Reply:
        pull = self.pulls[int(number)]
        pull["labels"] = [label for label in pull["labels"] if label["id"] != int(id)]
        return Reply(status=204)

    def permission(self, _: Request, login: str) -> Reply:
        known = {"permission": self.permissions.get(login, "read"), "role_name": ""}
        return as_json(known)

    def branch(self, _: Request, name: str) -> Reply:
        return as_json({"name": name, "commit": {"id": self.git.git("rev-parse", name)}})

    def dispatch(self, request: Request, workflow: str) -> Reply:
        self.dispatched.append((workflow, request.json))
        return Reply(status=204)


def _page(items: list[Any], request: Request) -> Reply:
    size = min(MOST, int(request.query.get("limit", 30)))
    page = int(request.query.get("page", 1))
    return as_json(items[size * (page - 1) : size * page])


_R = f"repos/{REPOSITORY}"
_ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"orgs/(.+)", ForgejoServer.organisation),
    ("GET", rf"{_R}/pulls", ForgejoServer.list_pulls),
    ("POST", rf"{_R}/pulls", ForgejoServer.create_pull),
    ("GET", rf"{_R}/pulls/(\d+)", ForgejoServer.get_pull),
    ("PATCH", rf"{_R}/pulls/(\d+)", ForgejoServer.edit_pull),
    ("GET", rf"{_R}/pulls/(\d+)/reviews", ForgejoServer.list_reviews),
    ("GET", rf"{_R}/pulls/(\d+)/reviews/(\d+)/comments", ForgejoServer.line_comments),
    ("GET", rf"{_R}/issues/(\d+)/comments", ForgejoServer.list_comments),
    ("POST", rf"{_R}/issues/(\d+)/comments", ForgejoServer.add_comment),
    ("PATCH", rf"{_R}/issues/comments/(\d+)", ForgejoServer.edit_comment),
    ("GET", rf"{_R}/labels", ForgejoServer.list_labels),
    ("POST", rf"{_R}/labels", ForgejoServer.create_label),
    ("POST", rf"{_R}/issues/(\d+)/labels", ForgejoServer.add_labels),
    ("DELETE", rf"{_R}/issues/(\d+)/labels/(\d+)", ForgejoServer.remove_label),
    ("GET", rf"{_R}/collaborators/(.+)/permission", ForgejoServer.permission),
    ("GET", rf"{_R}/branches/(.+)", ForgejoServer.branch),
    ("POST", rf"{_R}/actions/workflows/([\w.]+)/dispatches", ForgejoServer.dispatch),
)
