"""GitHub on loopback: a bare git repository, and the part of the REST API that is used here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.local_server import LocalServer, Reply, Request, as_json, serving
from tests.registry import Registry

REPOSITORY = "example/registry"
TOKEN = "ghs_test"
BOT = "github-actions[bot]"
BASE = {
    "id": 1,
    "full_name": REPOSITORY,
    "default_branch": "main",
    "owner": {"login": "example", "id": 2, "type": "Organization"},
}


@dataclass
class GitHubServer:
    """What GitHub knows: the repository, pull requests, comments, and what was asked of it."""

    git: Registry
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    dispatched: list[tuple[str, Any]] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)
    url: str = ""
    reviews: list[dict[str, Any]] = field(default_factory=list)
    before_merge: Callable[[], object] = lambda: None
    """Called when a merge begins to read what people say: for what happens in between."""
    before_push: Callable[[], object] = lambda: None
    """Called at the last question before the branch is pushed to."""

    def open(self, head: str, *, author: str = "alice", id: int = 583231, **changed: Any) -> int:
        """Open a pull request whose head is a commit that the repository already has."""
        number = len(self.pulls) + 1
        self.push(number, head)
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "draft": False,
            "title": "Publish",
            "user": {"login": author, "id": id, "type": "User"},
            "author_association": "CONTRIBUTOR",
            "labels": [],
            "created_at": "2025-01-01T00:00:00Z",
            "base": {"ref": "main", "sha": self.tip(), "repo": BASE},
            "head": {
                "ref": "publish",
                "user": {"login": author, "id": id, "type": "User"},
                "repo": {
                    "id": id + 1_000_000,
                    "full_name": f"{author}/registry",
                    "fork": True,
                    "owner": {"login": author, "id": id, "type": "User"},
                },
            },
            **changed,
        }
        return number

    def push(self, number: int, head: str) -> None:
        """Move a pull request's head."""
        self.git.git("update-ref", f"refs/pull/{number}/head", head)

    def comment(self, number: int, body: str, *, author: str, association: str = "NONE") -> None:
        """Somebody writes a comment."""
        self.comments.append(self._written(number, body, author, association, "created_at"))

    def review(
        self,
        number: int,
        body: str,
        *,
        author: str,
        association: str = "NONE",
        line: bool = False,
    ) -> None:
        """Somebody writes a review, or a comment on one of its lines."""
        time = "created_at" if line else "submitted_at"
        self.reviews.append(self._written(number, body, author, association, time))

    def _written(
        self, number: int, body: str, author: str, association: str, time: str
    ) -> dict[str, Any]:
        count = len(self.comments) + len(self.reviews)
        return {
            "id": count + 1,
            "issue": number,
            "body": body,
            "user": {"login": author, "id": sum(author.encode())},
            "author_association": association,
            time: f"2025-01-01T{count // 3600:02}:{count // 60 % 60:02}:{count % 60:02}Z",
        }

    def labels(self, number: int) -> list[str]:
        return [label["name"] for label in self.pulls[number]["labels"]]

    def tip(self, branch: str = "main") -> str:
        return self.git.git("rev-parse", f"refs/heads/{branch}")

    def answer(self, request: Request) -> Reply:
        """Answer an API request."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return as_json({"message": "Bad credentials"}, 401)
        path = request.path.removeprefix(f"/repos/{REPOSITORY}/")
        for method, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return answer(self, request, *match.groups())
        return as_json({"message": "Not Found"}, 404)

    def pull(self, number: int) -> dict[str, Any]:
        """A pull request as the API and events show it now."""
        pull = self.pulls[number]
        if branch := pull["head"].get("branch"):  # of our own: it follows what is pushed
            self.push(number, self.tip(branch))
        sha = self.git.git("rev-parse", f"refs/pull/{number}/head")
        return {**pull, "head": {**pull["head"], "sha": sha}}

    def get_pull(self, _: Request, number: str) -> Reply:
        if int(number) not in self.pulls:
            return as_json({"message": "Not Found"}, 404)
        pull = as_json(self.pull(int(number)))
        self.before_push()
        return pull

    def list_pulls(self, request: Request) -> Reply:
        query = request.query
        found = [
            self.pull(number)
            for number, pull in self.pulls.items()
            if pull["state"] == query["state"]
            and pull["base"]["ref"] == query["base"]
            and query.get("head", pull["head"].get("label")) == pull["head"].get("label")
        ]
        return _page(found, request)

    def create_pull(self, request: Request) -> Reply:
        asked = request.json
        head = self.git.git("rev-parse", f"refs/heads/{asked['head']}")
        number = self.open(head, author=BOT, title=asked["title"], body=asked["body"])
        owner = REPOSITORY.partition("/")[0]
        self.pulls[number]["head"] |= {
            "label": f"{owner}:{asked['head']}",
            "branch": asked["head"],
            "repo": BASE,
        }
        return as_json(self.pull(number), 201)

    def list_comments(self, request: Request, number: str) -> Reply:
        return _page(
            [comment for comment in self.comments if comment["issue"] == int(number)], request
        )

    def add_comment(self, request: Request, number: str) -> Reply:
        self.comment(int(number), request.json["body"], author=BOT)
        return as_json(self.comments[-1], 201)

    def edit_comment(self, request: Request, id: str) -> Reply:
        comment = next(comment for comment in self.comments if comment["id"] == int(id))
        comment["body"] = request.json["body"]
        return as_json(comment)

    def list_reviews(self, request: Request, number: str) -> Reply:
        self.before_merge()
        found = [review for review in self.reviews if review["issue"] == int(number)]
        return _page([one for one in found if "submitted_at" in one], request)

    def list_line_comments(self, request: Request, number: str) -> Reply:
        found = [review for review in self.reviews if review["issue"] == int(number)]
        return _page([one for one in found if "created_at" in one], request)

    def add_labels(self, request: Request, number: str) -> Reply:
        labels = self.pulls[int(number)]["labels"]
        labels += ({"name": name} for name in request.json["labels"])
        return as_json(labels)

    def remove_label(self, _: Request, number: str, name: str) -> Reply:
        labels = self.pulls[int(number)]["labels"]
        found = {"name": unquote(name)}
        if found not in labels:
            return as_json({"message": "Label does not exist"}, 404)
        labels.remove(found)
        return as_json(labels)

    def branch(self, _: Request, name: str) -> Reply:
        return as_json({"object": {"sha": self.tip(name)}})

    def edit_pull(self, request: Request, number: str) -> Reply:
        """Close a pull request; what its branch's newest commit names as its head was merged."""
        self.pulls[int(number)] |= request.json
        message = self.git.git("log", "-1", "--format=%B", "main")
        for line in message.splitlines():
            if line.startswith("Head: ") and f"(#{number})" in message:
                self.merged.append((int(number), line.removeprefix("Head: ")))
        return as_json(self.pull(int(number)))

    def dispatch(self, request: Request, workflow: str) -> Reply:
        self.dispatched.append((workflow, request.json))
        return Reply(status=204)


def _page(items: list[Any], request: Request) -> Reply:
    size, page = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
    return as_json(items[size * (page - 1) : size * page])


_ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"pulls", GitHubServer.list_pulls),
    ("POST", r"pulls", GitHubServer.create_pull),
    ("GET", r"pulls/(\d+)", GitHubServer.get_pull),
    ("PATCH", r"pulls/(\d+)", GitHubServer.edit_pull),
    ("GET", r"pulls/(\d+)/reviews", GitHubServer.list_reviews),
    ("GET", r"pulls/(\d+)/comments", GitHubServer.list_line_comments),
    ("GET", r"issues/(\d+)/comments", GitHubServer.list_comments),
    ("POST", r"issues/(\d+)/comments", GitHubServer.add_comment),
    ("PATCH", r"issues/comments/(\d+)", GitHubServer.edit_comment),
    ("POST", r"issues/(\d+)/labels", GitHubServer.add_labels),
    ("DELETE", r"issues/(\d+)/labels/(.+)", GitHubServer.remove_label),
    ("GET", r"git/ref/heads/(.+)", GitHubServer.branch),
    ("POST", r"actions/workflows/([\w.]+)/dispatches", GitHubServer.dispatch),
)


@contextmanager
def github(folder: Path, config: str) -> Iterator[tuple[GitHubServer, LocalServer]]:
    """A repository with a registry.yaml on `main`, and the API that speaks for it."""
    hub = GitHubServer(Registry(folder, config))
    hub.git.git("config", "receive.denyCurrentBranch", "updateInstead")
    with serving(hub.answer) as server:
        hub.url = server.url
        yield hub, server
