"""Publications that become pull or merge requests, on each forge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from builder.model.publish_settings import OidcLogin
from builder.ownership.oidc import IssuedClaims
from builder.publish import commit, oidc_rules
from builder.publish.forge_of_requests import ForgeOptions
from builder.publish.identity import Identity
from tests.forge import forgejo_server, github_server, gitlab_server
from tests.forge.forgejo_server import ForgejoServer
from tests.forge.github_server import GitHubServer
from tests.forge.gitlab_server import GitLabServer
from tests.local_server import as_json, serving
from tests.patience import wait_for
from tests.publish.publications import ALICES, item, server
from tests.publish.running import Desk, Surroundings
from tests.registry import Registry

REPOSITORY = "https://github.com/example/registry"
KINDS: dict[str, tuple[Any, str, str, str, str]] = {
    "github": (GitHubServer, "", "GITHUB_TOKEN", github_server.TOKEN, "pull"),
    "gitlab": (GitLabServer, "/api/v4", "GITLAB_TOKEN", gitlab_server.TOKEN, "-/merge_requests"),
    "forgejo": (ForgejoServer, "/api/v1", "FORGEJO_TOKEN", forgejo_server.TOKEN, "pulls"),
}


@dataclass
class Reviewed:
    """A registry that opens requests, and the forge on which they wait."""

    desk: Desk
    forge: Registry
    server: Any
    page: str

    def address(self, number: int) -> str:
        return f"{REPOSITORY}/{self.page}/{number}"

    def branches(self) -> list[str]:
        shown = self.forge.git("for-each-ref", "--format=%(refname:short)", "refs/heads/publish")
        return shown.split()

    def requests(self) -> dict[int, Any]:
        found: dict[int, Any] = getattr(self.server, "pulls", None) or getattr(
            self.server, "merge_requests", {}
        )
        return found

    def merge(self, branch: str, number: int = 0) -> None:
        """Merge a branch by the forge's own button, and close its request (0: all)."""
        self.forge.time += 3600
        self.forge.git("merge", "--quiet", "--no-ff", "--message", f"Merge {branch}", branch)
        for opened, request in self.requests().items():
            if number in (0, opened):
                request["state"] = "closed"


@contextmanager
def reviewed(
    kind: str, around: Surroundings, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Reviewed]:
    make, path, variable, token, page = KINDS[kind]
    forge: list[Registry] = []
    made: list[Any] = []

    def prepare(registry: Registry) -> None:
        registry.git("clone", "--quiet", ".", str(folder / "forge"))
        forge.append(Registry(folder / "forge", ""))
        made.append(make(forge[0]))
        forge[0].git("config", "receive.denyCurrentBranch", "updateInstead")

    patch.setenv(variable, token)
    with serving(lambda request: made[0].answer(request)) as local:
        options = {
            "remote": str(folder / "forge"),
            "requests": ForgeOptions(kind=kind, api=f"{local.url}{path}"),
        }
        with around.running(folder, prepare=prepare, options=options) as desk:
            forge[0].time = desk.registry.time
            yield Reviewed(desk, forge[0], made[0], page)


@pytest.mark.parametrize("kind", KINDS)
def test_a_publication_is_a_request_that_waits(
    kind: str, around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed(kind, around, tmp_path, monkeypatch) as one:
        desk, tip = one.desk, one.desk.tip
        token = desk.token()
        answer = desk.publish(server(), token)
        assert (answer.status_code, answer.json()["detail"]) == (
            409,
            f"Waiting for review: {one.address(1)}",
        )
        assert desk.tip == tip and len(one.branches()) == 1
        (branch,) = one.branches()
        shown = one.forge.git("log", "-1", "--format=%an|%s|%(trailers:separator=%x2c)", branch)
        assert shown == (
            f"alice|Publish {ALICES} 1.0.0|Proof: github-at,"
            "Proof-Id: github.com account 583231,Proof-Subject: alice (583231)"
        )
        assert one.forge.git("rev-parse", f"{branch}~") == one.forge.git("rev-parse", "main")
        assert "alice (583231)" in json.dumps(one.requests()[1])

        again = desk.publish(server(), token)
        assert again.json() == answer.json() and len(one.requests()) == 1
        assert desk.decisions[-1]["request"] == one.address(1)

        # The same account brings it up to date; nobody else's does.
        before = one.forge.git("rev-parse", branch)
        other = desk.publish(server(description="Tells it better."), token)
        assert other.json()["detail"] == answer.json()["detail"]
        assert one.branches() == [branch] and one.forge.git("rev-parse", branch) != before

        one.merge(branch)
        accepted = desk.publish(server(description="Tells it better."), token)
        assert accepted.status_code == 200, accepted.text
        assert accepted.json()["server"]["description"] == "Tells it better."
        own = accepted.json()["_meta"]["com.example.registry/proof"]
        assert own["request"]["address"] == one.address(1)
        assert item(desk, ALICES, "1.0.0") == accepted.json()
        duplicate = desk.publish(server(), token)
        assert duplicate.status_code == 400 and "duplicate" in duplicate.text

        path = f"{quote(ALICES, safe='')}/versions/1.0.0/status"
        changed = desk.patch(path, token, status="deprecated")
        assert changed.json()["detail"] == f"Waiting for review: {one.address(2)}"


def test_two_requests_for_one_server_are_merged_one_after_the_other(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed("github", around, tmp_path, monkeypatch) as one:
        desk, token = one.desk, one.desk.token()
        for version in ("1.0.0", "1.1.0"):
            assert desk.publish(server(version), token).status_code == 409
        first, second = sorted(one.branches())
        one.merge(first, 1)
        assert desk.publish(server(), token).status_code == 200  # it is seen
        wait_for(
            lambda: one.forge.git("rev-parse", f"{second}~") == one.forge.git("rev-parse", "main")
        )
        shown = one.forge.git("log", "-1", "--format=%an|%(trailers:key=Proof,valueonly)", second)
        assert shown == "alice|github-at"
        changed = one.forge.git("diff", "--name-status", f"{second}~", second).split()
        folder = f"servers/{ALICES}"
        assert changed == ["A", f"{folder}/1.1.0.json", "M", f"{folder}/facts.yaml"]
        one.merge(second, 2)
        # Whoever may publish the server is told that it is there, by whatever login.
        issued = desk.issuer.token(aud="registry-client", groups=["operators"])
        accepted = desk.publish(server("1.1.0"), desk.token("oidc", oidc_token=issued))
        assert accepted.status_code == 200
        proof = accepted.json()["_meta"]["com.example.registry/proof"]
        assert proof["request"]["address"] == one.address(2)
        facts = yaml.safe_load(desk.file(f"{folder}/facts.yaml"))
        addresses = [noted["address"] for noted in facts["requests"].values()]
        assert addresses == [one.address(1), one.address(2)]


def test_the_status_of_all_versions_and_of_one_called_all_are_two_requests(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed("github", around, tmp_path, monkeypatch) as one:
        desk, token = one.desk, one.desk.token()
        desk.publish(server("all"), token)
        one.merge(one.branches()[0])
        assert desk.publish(server("all"), token).status_code == 200  # it is seen
        before = len(one.requests())
        for path in ("versions/all/status", "status"):
            answer = desk.patch(f"{quote(ALICES, safe='')}/{path}", token, status="deprecated")
            assert answer.status_code == 409 and "Waiting for review" in answer.json()["detail"]
        assert len(one.requests()) == before + 2


def test_what_is_refused_is_no_request(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed("github", around, tmp_path, monkeypatch) as one:
        desk = one.desk
        foreign = desk.publish(server(name="io.github.bob/tool"), desk.token())
        assert foreign.status_code == 403
        bad = desk.publish(server(websiteUrl="http://example.com/\x07"), desk.token())
        assert bad.status_code == 422
        assert not one.branches() and not one.requests()


def logged_in(issuer: str, subject: str, **claims: str) -> Identity:
    rule = {"claims": {"sub": subject}, "names": ["*"]}
    login = OidcLogin.model_validate({"issuer": issuer, "client_id": "registry", "rules": [rule]})
    said = {"sub": subject, **claims}
    issued = IssuedClaims(issuer=issuer, subject=subject, expires=0, claims=said)
    return oidc_rules.identity(issued, login)


PEOPLE = [
    logged_in(issuer, subject, **claims)
    for issuer in ("https://one.example", "https://two.example")
    for subject in ("7", "8", "alice (7)", "7\nProof-Id: 8")
    for claims in ({}, {"name": "alice"}, {"name": "bob"})
]


@pytest.mark.parametrize("asking", PEOPLE)
def test_a_request_is_of_who_proved_it_whatever_they_are_called(asking: Identity) -> None:
    """An issuer's subject is somebody; a name, or the same subject at another issuer, is not."""
    for proposer in PEOPLE:
        made = f"tree 1\nauthor a <b> 1 +0000\n\nPublish x 1\n\n{commit.trailers(proposer)}"
        assert commit.is_of(made.encode(), asking) == (proposer.id == asking.id)
    assert len({somebody.id for somebody in PEOPLE}) == len(PEOPLE) / 3


def test_somebody_else_s_request_is_not_replaced(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator may publish everything by rule, and is another subject than the account."""
    with reviewed("github", around, tmp_path, monkeypatch) as one:
        desk = one.desk
        desk.publish(server(), desk.token())
        (branch,) = one.branches()
        before = one.forge.git("rev-parse", branch)
        issued = desk.issuer.token(aud="registry-client", groups=["operators"])
        admin = desk.token("oidc", oidc_token=issued)
        other = desk.publish(server(description="Mine."), admin)
        assert other.status_code == 409
        assert one.address(1) in other.json()["detail"] and "Other" in other.json()["detail"]
        assert one.forge.git("rev-parse", branch) == before


def test_a_forge_that_does_not_answer(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reviewed("github", around, tmp_path, monkeypatch) as one:
        one.server.answer = lambda _request: as_json({"message": "Bad credentials"}, 401)
        answer = one.desk.publish(server(), one.desk.token())
        assert (answer.status_code, one.requests()) == (503, {})
        assert github_server.TOKEN not in one.desk.log.getvalue()
