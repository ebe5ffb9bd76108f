"""A server.json to be published, an API to publish by, and forges to open requests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from builder import cli
from tests.local_server import LocalServer, Reply, Request, as_json

NAME = "io.github.alice/weather"
SECRETS = ("GITHUB_TOKEN", "GITLAB_TOKEN", "FORGEJO_TOKEN", "MCP_GITHUB_TOKEN", "MCP_REGISTRY_ID_TOKEN")  # fmt: skip


@dataclass
class WriteApi:
    """A registry with the official write API, as its publisher program asks it."""

    has_api: bool = True
    status: int = 200
    valid: bool = True
    client_id: str = "Iv1.test"
    logins: dict[str, Any] = field(default_factory=dict)
    published: list[Any] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    polls: list[str] = field(default_factory=lambda: ["authorization_pending", "slow_down", ""])

    def answer(self, request: Request) -> Reply:
        path = request.path
        if path == "/openapi.json":
            return as_json({"paths": {"/v0.1/publish": {}} if self.has_api else {}})
        if path in self.versions:
            return as_json({"server": {}})
        if path == "/v0/health":
            return as_json({"status": "ok", "github_client_id": self.client_id})
        if path.startswith("/v0/auth/"):
            self.logins[path.removeprefix("/v0/auth/")] = request.json
            return as_json({"registry_token": "jwt", "expires_at": 1})
        if path == "/v0/validate":
            issue = {"type": "schema", "path": "name", "message": "odd", "severity": "warning"}
            return as_json({"valid": self.valid, "issues": [issue]})
        if path == "/v0/publish":
            assert request.headers["Authorization"] == "Bearer jwt"
            self.published.append(request.body)
            problem = {
                "title": "Forbidden",
                "detail": "not yours",
                "errors": [{"message": "alice"}],
            }
            return as_json({} if self.status == 200 else problem, self.status)
        if path == "/token":
            audience = parse_qs(urlsplit(request.target).query)["audience"]
            return as_json({"value": f"oidc for {audience[0]}"})
        if path == "/login/device/code":
            code = {"device_code": "d", "user_code": "ABCD-1234", "interval": 1, "expires_in": 60}
            return as_json({**code, "verification_uri": "https://github.com/login/device"})
        if path == "/login/oauth/access_token":
            error = self.polls.pop(0)
            return as_json({"error": error} if error else {"access_token": "gho_test"})
        return as_json({"message": "not found"}, 404)


Api = tuple[WriteApi, LocalServer]


def publish(file: Path, *more: str) -> int:
    return cli.run(["publish", str(file), *more])
