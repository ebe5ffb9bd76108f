"""A registry on which one publishes, served by the real server program on loopback."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import yaml

from builder.build import build
from builder.net.network import Network
from builder.publish.audit import AuditLog
from builder.publish.follower import StepFailed
from builder.publish.replay_memory import remembering
from builder.publish.site_builder import BuildSite, staying_builder
from builder.publish.start import PublishOptions, publishing
from builder.serve import app
from tests.asgi_server import listening
from tests.local_server import Reply, Request, as_json, serving
from tests.ownership.issuer import Issuer, issuing
from tests.patience import PATIENCE
from tests.registry import CONFIG, START, Registry

BASE = "https://registry.example.com"


@dataclass
class GitHubAccounts:
    """GitHub's API for logins: who each token is of, and which organisations they see."""

    users: dict[str, tuple[str, int]] = field(
        default_factory=lambda: {
            "gho_alice": ("alice", 583231),
            "gho_mallory": ("mallory", 666),
            "gho_fake_alice": ("alice", 999),  # the login was registered again
        }
    )
    memberships: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    limited: bool = False

    def reset(self) -> None:
        self.memberships, self.limited = {}, False

    def answer(self, request: Request) -> Reply:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.users:
            return as_json({"message": "Bad credentials"}, 401)
        login, id = self.users[token]
        if request.path == "/user":
            return as_json({"login": login, "id": id, "type": "User"})
        assert request.path == "/user/memberships/orgs" and request.query["state"] == "active"
        if self.limited:
            return as_json({"message": "rate limit"}, 403, X_RateLimit_Remaining="0")
        if token not in self.memberships:
            return as_json({"message": "Resource not accessible"}, 403)
        page, size = int(request.query["page"]), int(request.query["per_page"])
        return as_json(self.memberships[token][(page - 1) * size : page * size])


def membership(login: str, id: int, role: str, state: str = "active") -> dict[str, Any]:
    return {"role": role, "state": state, "organization": {"login": login, "id": id}}


@dataclass
class Desk:
    """A running registry: where it is, its repository, and what stands around it."""

    url: str
    registry: Registry
    out: Path
    log: io.StringIO
    accounts: GitHubAccounts
    issuer: Issuer
    client: httpx.Client

    def token(self, method: str = "github-at", **proof: str) -> str:
        answer = self.log_in(method, **(proof or {"github_token": "gho_alice"}))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["registry_token"])

    def log_in(self, method: str, **proof: str) -> httpx.Response:
        return self.client.post(f"{self.url}/v0/auth/{method}", json=proof)

    def publish(self, document: Mapping[str, Any], token: str) -> httpx.Response:
        return self.client.post(f"{self.url}/v0/publish", json=document, headers=bearer(token))

    def patch(self, path: str, token: str, **body: str) -> httpx.Response:
        url = f"{self.url}/v0/servers/{path}"
        return self.client.patch(url, json=body, headers=bearer(token))

    def put(self, document: Mapping[str, Any], token: str) -> httpx.Response:
        path = f"{quote(document['name'], safe='')}/versions/{quote(document['version'], safe='')}"
        url = f"{self.url}/v0.1/servers/{path}"
        return self.client.put(url, json=document, headers=bearer(token))

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"{self.url}{path}")

    @property
    def tip(self) -> str:
        return self.registry.git("rev-parse", "refs/heads/main")

    def commits(self) -> list[str]:
        return self.registry.git("rev-list", "refs/heads/main").split()

    def file(self, path: str) -> str:
        return self.registry.git("show", f"refs/heads/main:{path}")

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def settings(
    accounts: str, issuer: str, more: Mapping[str, Any] | None = None, **changed: Any
) -> str:
    publish = {
        "github": {"client_id": "Iv1.registry", "api": accounts, "actions": issuer},
        "gitlab": "",
        "oidc": [
            {
                "issuer": issuer,
                "client_id": "registry-client",
                "rules": [
                    {"claims": {"hd": "example.com"}, "names": ["com.example/*"]},
                    {"claims": {"email": "eve@example.net"}, "names": ["net.example/*"]},
                    {"claims": {"groups": "operators"}, "names": ["*"], "edit": True},
                ],
            }
        ],
        **changed,
    }
    return CONFIG + yaml.safe_dump({"publish": publish, **(more or {})})


Prepare = Callable[[Registry], object]


@dataclass
class Surroundings:
    """GitHub, an issuer and a registry that is built: made once, copied for each test."""

    accounts: GitHubAccounts
    hub: str
    issuer: Issuer
    folder: Path
    client: httpx.Client

    @contextmanager
    def running(
        self,
        folder: Path,
        *,
        network: Network | None = None,
        prepare: Prepare = lambda _registry: None,
        options: Mapping[str, Any] | None = None,
        **changed: Any,
    ) -> Iterator[Desk]:
        """Serve a registry; `prepare` commits what it holds, `changed` are settings of publish."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, symlinks=True)
        registry, out = Registry(folder / "registry", ""), folder / "public"
        registry.time = START + 60
        if changed:
            text = settings(self.hub, self.issuer.url, **changed)
            registry.commit({"registry.yaml": text})
        prepare(registry)
        if registry.time > START + 60:
            build.build(registry.repository, "refs/heads/main", out, 1)
        self.accounts.reset()
        log = io.StringIO()
        with served(registry, out, log, network, **(options or {})) as url:
            yield Desk(url, registry, out, log, self.accounts, self.issuer, self.client)


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    accounts = GitHubAccounts()
    with (
        serving(lambda request: accounts.answer(request)) as hub,
        issuing() as issuer,
        httpx.Client(trust_env=False, timeout=PATIENCE) as client,
    ):
        registry = Registry(folder / "registry", settings(hub.url, issuer.url))
        build.build(registry.repository, "refs/heads/main", folder / "public", 1)
        with remembering(registry.repository.folder):
            pass  # as if it had run since 1970: a memory that begins now takes nothing of now
        yield Surroundings(accounts, hub.url, issuer, folder, client)


@contextmanager
def served(
    registry: Registry,
    out: Path,
    log: io.StringIO,
    network: Network | None = None,
    *,
    builds: bool = False,
    **options: Any,
) -> Iterator[str]:
    """Serve a registry that is there and built already; `builds` lets the site follow as well."""
    from builder.git.settings import load_config

    repository = registry.repository
    config = load_config(repository, "refs/heads/main")
    taken = PublishOptions(
        builder=staying_builder if builds else no_builder,
        network=network or Network(),
        log=AuditLog(stream=log),
        **options,
    )
    make = partial(app.application, out, plain=False)
    complaints: list[str] = []
    with (
        publishing(
            repository, config, out, taken, lambda newer: make(newer=newer), complaints.append
        ) as application,
        listening(application) as url,
    ):
        yield url
    assert not (builds and complaints)


@contextmanager
def no_builder() -> Iterator[BuildSite]:
    """Stand for what builds the site, which takes a second: what most tests are about is there before."""

    def no_build(_root: Path, _out: Path, _commit: str) -> None:
        raise StepFailed("not built")

    yield no_build
