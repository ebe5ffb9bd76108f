"""GitLab on loopback: a git repository, and the part of the REST API v4 that is used here.

Answers are cut to what is not links. https://docs.gitlab.com/api/merge_requests/
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.local_server import Reply, Request, as_json
from tests.registry import Registry

TOKEN = "glpat-test"
PROJECT = 1000
BOT = {"id": 900, "username": "project_1000_bot_1f", "name": "gate", "state": "active"}
HOST = "https://gitlab.com"


def user(username: str, id: int) -> dict[str, Any]:
    return {
        "id": id,
        "username": username,
        "name": username.title(),
        "state": "active",
        "locked": False,
        "web_url": f"{HOST}/{username}",
    }


def personal(owner: dict[str, Any], id: int) -> dict[str, Any]:
    """A project in a user's namespace. The namespace has a number that is not the user's."""
    return {
        "id": id,
        "path_with_namespace": f"{owner['username']}/registry",
        "namespace": {
            "id": owner["id"] + 50_000,
            "path": owner["username"],
            "kind": "user",
            "full_path": owner["username"],
            "parent_id": None,
        },
        "owner": owner,
    }


def of_group(path: str, group: int, id: int) -> dict[str, Any]:
    """A project of a group, or of a group within one."""
    return {
        "id": id,
        "path_with_namespace": f"{path}/registry",
        "namespace": {
            "id": group,
            "path": path.rpartition("/")[2],
            "kind": "group",
            "full_path": path,
            "parent_id": None if "/" not in path else 1,
        },
    }


@dataclass
class GitLabServer:
    """What GitLab knows: the project, forks, merge requests, notes, members; and pipelines asked for."""

    git: Registry
    host: str = HOST
    projects: dict[int, dict[str, Any]] = field(default_factory=dict)
    merge_requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)
    pipelines: list[Any] = field(default_factory=list)
    before_notes: Callable[[], object] = lambda: None
    before_push: Callable[[], object] = lambda: None

    def open(self, head: str, author: dict[str, Any], project: dict[str, Any] | None) -> int:
        """Open a merge request from a project; None: from a fork that was deleted."""
        number = len(self.merge_requests) + 1
        self.push(number, head)
        if project is not None:
            self.projects[project["id"]] = project
        self.merge_requests[number] = {
            "id": 70_000 + number,
            "iid": number,
            "project_id": PROJECT,
            "title": "Publish",
            "state": "opened",
            "draft": False,
            "author": author,
            "labels": [],
            "source_branch": "publish",
            "target_branch": "main",
            "source_project_id": project["id"] if project else None,
            "target_project_id": PROJECT,
            "web_url": f"{self.host}/example/registry/-/merge_requests/{number}",
        }
        return number

    def push(self, number: int, head: str) -> None:
        self.git.git("update-ref", f"refs/merge-requests/{number}/head", head)

    def note(self, number: int, body: str, author: dict[str, Any], **more: Any) -> dict[str, Any]:
        count = len(self.notes)
        time = f"2025-01-01T{count // 3600:02}:{count // 60 % 60:02}:{count % 60:02}.000Z"
        made = {
            "id": 1 + count,
            "iid": number,
            "type": None,
            "body": body,
            "author": author,
            "system": False,
            "created_at": time,
            "updated_at": time,
            **more,
        }
        self.notes.append(made)
        return made

    def merge_request(self, number: int) -> dict[str, Any]:
        mr = self.merge_requests[number]
        if mr.get("source_project_id") == PROJECT:  # of our own: it follows what is pushed
            self.push(number, self.git.git("rev-parse", f"refs/heads/{mr['source_branch']}"))
        sha = self.git.git("rev-parse", f"refs/merge-requests/{number}/head")
        return {**self.merge_requests[number], "sha": sha}

    def hook(self, number: int, **attributes: Any) -> dict[str, Any]:
        """The merge request event that a webhook sends."""
        mr = self.merge_request(number)
        return {
            "object_kind": "merge_request",
            "event_type": "merge_request",
            "user": mr["author"],
            "project": {"id": PROJECT, "path_with_namespace": "example/registry"},
            "object_attributes": {
                "id": mr["id"],
                "iid": number,
                "author_id": mr["author"]["id"],
                "source_project_id": mr["source_project_id"],
                "target_project_id": PROJECT,
                "state": mr["state"],
                "last_commit": {"id": mr["sha"]},
                "action": "open",
                **attributes,
            },
        }

    def answer(self, request: Request) -> Reply:
        if request.headers.get("PRIVATE-TOKEN") != TOKEN:
            return as_json({"message": "401 Unauthorized"}, 401)
        path = request.path.removeprefix("/api/v4/")
        path = path.replace("projects/example%2Fregistry", f"projects/{PROJECT}")
        for method, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return answer(self, request, *match.groups())
        return as_json({"message": "404 Not Found"}, 404)

    def get_user(self, _: Request) -> Reply:
        return as_json(BOT)

    def get_project(self, _: Request, id: str) -> Reply:
        found = self.projects.get(int(id))
        return as_json(found) if found else as_json({"message": "404 Project Not Found"}, 404)

    def get_mr(self, _: Request, number: str) -> Reply:
        if int(number) not in self.merge_requests:
            return as_json({"message": "404 Not found"}, 404)
        answer = as_json(self.merge_request(int(number)))
        self.before_push()
        return answer

    def list_mrs(self, request: Request) -> Reply:
        query = request.query
        found = [
            self.merge_request(number)
            for number, mr in self.merge_requests.items()
            if mr["state"] == query["state"] and mr["target_branch"] == query["target_branch"]
            if query.get("source_branch", mr["source_branch"]) == mr["source_branch"]
        ]
        return _page(found, request)

    def create_mr(self, request: Request) -> Reply:
        asked = request.json
        head = self.git.git("rev-parse", f"refs/heads/{asked['source_branch']}")
        number = self.open(head, BOT, {"id": PROJECT})
        self.merge_requests[number] |= asked
        return as_json(self.merge_request(number), 201)

    def edit_mr(self, request: Request, number: str) -> Reply:
        mr = self.merge_requests[int(number)]
        asked = request.json
        labels = [label for label in mr["labels"] if label != asked.get("remove_labels")]
        mr["labels"] = [*labels, *([asked["add_labels"]] if "add_labels" in asked else [])]
        if asked.get("state_event") == "close":
            mr["state"] = "closed"
        return as_json(self.merge_request(int(number)))

    def list_notes(self, request: Request, number: str) -> Reply:
        self.before_notes()
        return _page([note for note in self.notes if note["iid"] == int(number)], request)

    def add_note(self, request: Request, number: str) -> Reply:
        return as_json(self.note(int(number), request.json["body"], BOT), 201)

    def edit_note(self, request: Request, number: str, id: str) -> Reply:
        (note,) = (
            note for note in self.notes if (note["id"], note["iid"]) == (int(id), int(number))
        )
        note["body"] = request.json["body"]
        return as_json(note)

    def member(self, _: Request, id: str) -> Reply:
        level = self.members.get(int(id))
        if level is None:
            return as_json({"message": "404 Not found"}, 404)
        return as_json({"id": int(id), "state": "active", "access_level": level})

    def branch(self, _: Request, name: str) -> Reply:
        return as_json({"name": name, "commit": {"id": self.git.git("rev-parse", name)}})

    def pipeline(self, request: Request) -> Reply:
        self.pipelines.append(request.json)
        return as_json({"id": 1, "status": "created"}, 201)


def _page(items: list[Any], request: Request) -> Reply:
    size, page = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))
    return as_json(items[size * (page - 1) : size * page])


_MR = rf"projects/{PROJECT}/merge_requests"
_ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"user", GitLabServer.get_user),
    ("GET", r"projects/(\d+)", GitLabServer.get_project),
    ("GET", _MR, GitLabServer.list_mrs),
    ("POST", _MR, GitLabServer.create_mr),
    ("GET", rf"{_MR}/(\d+)", GitLabServer.get_mr),
    ("PUT", rf"{_MR}/(\d+)", GitLabServer.edit_mr),
    ("GET", rf"{_MR}/(\d+)/notes", GitLabServer.list_notes),
    ("POST", rf"{_MR}/(\d+)/notes", GitLabServer.add_note),
    ("PUT", rf"{_MR}/(\d+)/notes/(\d+)", GitLabServer.edit_note),
    ("GET", rf"projects/{PROJECT}/members/all/(\d+)", GitLabServer.member),
    ("GET", rf"projects/{PROJECT}/repository/branches/(.+)", GitLabServer.branch),
    ("POST", rf"projects/{PROJECT}/pipeline", GitLabServer.pipeline),
)
