"""Forges in small: the part of their APIs by which a request is opened."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from builder.forge import branches
from tests.local_server import Reply, Request, as_json
from tests.registry import CONFIG
from tests.submit.publishing import NAME

KINDS = {
    "github": ("https://github.com/example/registry", "GITHUB_TOKEN", NAME),
    "gitlab": ("https://gitlab.com/example/registry", "GITLAB_TOKEN", "io.gitlab.alice/weather"),
    "forgejo": ("https://codeberg.org/example/registry", "FORGEJO_TOKEN", "page.codeberg.alice/weather"),
}  # fmt: skip


@dataclass
class ForgeApi:
    """The parts of the three forges' APIs by which a request is made; what was asked is kept."""

    name: str = NAME
    there: dict[str, str] = field(default_factory=lambda: {"registry.yaml": CONFIG})
    written: dict[str, str] = field(default_factory=dict)
    opened: list[Any] = field(default_factory=list)
    taken: bool = False
    is_open: bool = False
    verdict: str = "accept"
    asked: list[str] = field(default_factory=list)

    def requests(self, method: str, body: Any) -> Reply:
        address = "https://forge/pulls/7"
        one = {"number": 7, "iid": 7, "html_url": address, "web_url": address}
        if method == "GET":
            person = {"id": 583231, "login": "alice"}
            head = {"ref": branches.named_after("publish", f"{self.name} 1.0.0")}
            return as_json([{**one, "author": person, "user": person, "head": head}])
        if self.is_open:
            return as_json({"message": "already exists"}, 409)
        self.opened.append(body)
        return as_json(one)

    def answer(self, request: Request) -> Reply:
        path = unquote(request.path).strip("/")
        body: Any = request.json if request.body else None
        self.asked.append(path)
        if path == "user":
            if not any(request.headers.get(name) for name in ("Authorization", "PRIVATE-TOKEN")):
                return as_json({"message": "Requires authentication"}, 401)
            return as_json({"login": "alice", "username": "alice", "id": 583231})
        for mark in ("contents/", "repository/files/"):
            if request.method == "GET" and mark in path:
                text = self.there.get(path.partition(mark)[2])
                if text is None:
                    return as_json({"message": "Not Found"}, 404)
                content = base64.b64encode(text.encode()).decode()
                return as_json({"content": content, "sha": "d" * 40})
        if path.endswith(("/pulls", "/merge_requests")):
            return self.requests(request.method, body)
        if path.endswith(("/issues/7", "/merge_requests/7")):
            names = [f"gate: {self.verdict}"] if self.verdict else []
            labels = names if "merge_requests" in path else [{"name": name} for name in names]
            return as_json({"labels": labels})
        if path.endswith(("/forks", "/fork")):
            return as_json({"full_name": "alice/registry", "id": 12}, 202)
        if "/git/ref/heads/" in path:
            return as_json({"object": {"sha": "b" * 40}})
        if path.endswith("/git/trees"):
            self.written = {one["path"]: one["content"] for one in body["tree"]}
        if path.endswith("/git/refs") and self.taken:
            return as_json({"message": "Reference already exists"}, 422)
        if path.endswith("/repository/commits"):
            self.written = {action["file_path"]: action["content"] for action in body["actions"]}
        if path.endswith("/contents"):
            pairs = ((file["path"], file["content"]) for file in body["files"])
            self.written = {path: base64.b64decode(text).decode() for path, text in pairs}
        if path in ("projects/alice/registry", "repos/alice/registry"):
            return as_json({"message": "Not Found"}, 404)
        return as_json({"sha": "c" * 40, "id": 11})


Forge = tuple[str, ForgeApi, list[str]]
