"""mcp-registry publish, against local servers that speak the write API and the forges' APIs."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from builder import cli
from builder.ownership import key as keys
from builder.ownership import signature
from builder.ownership.signature import FirstSignature
from builder.submit import logins
from builder.submit.logins import LoginOptions
from tests.local_server import LocalServer, Reply, Request, as_json, serving
from tests.registry import CONFIG, entry

NAME = "io.github.alice/weather"
SECRETS = ("GITHUB_TOKEN", "GITLAB_TOKEN", "FORGEJO_TOKEN", "MCP_GITHUB_TOKEN", "MCP_REGISTRY_ID_TOKEN")  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*SECRETS, logins.ACTIONS_URL, logins.ACTIONS_TOKEN):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "server.json"
    path.write_text(json.dumps(entry(NAME)))
    return path


@dataclass
class WriteApi:
    """A registry with the official write API, as its publisher program asks it."""

    has_api: bool = True
    status: int = 200
    logins: dict[str, Any] = field(default_factory=dict)
    published: list[Any] = field(default_factory=list)
    polls: list[str] = field(default_factory=lambda: ["authorization_pending", "slow_down", ""])

    def answer(self, request: Request) -> Reply:
        path = request.path
        if path == "/openapi.json":
            return as_json({"paths": {"/v0.1/publish": {}} if self.has_api else {}})
        if path == "/v0/health":
            return as_json({"status": "ok", "github_client_id": "Iv1.test"})
        if path.startswith("/v0/auth/"):
            self.logins[path.removeprefix("/v0/auth/")] = request.json
            return as_json({"registry_token": "jwt", "expires_at": 1})
        if path == "/v0/validate":
            issue = {"type": "schema", "path": "name", "message": "odd", "severity": "warning"}
            return as_json({"valid": True, "issues": [issue]})
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


@pytest.fixture
def api() -> Iterator[tuple[WriteApi, LocalServer]]:
    made = WriteApi()
    with serving(made.answer) as server:
        yield made, server


Api = tuple[WriteApi, LocalServer]


def publish(file: Path, *more: str) -> int:
    return cli.run(["publish", str(file), *more])


class TestByApi:
    def test_a_run_of_github_actions_needs_no_secret(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        made, server = api
        monkeypatch.setenv(logins.ACTIONS_URL, f"{server.url}/token?v=1")
        monkeypatch.setenv(logins.ACTIONS_TOKEN, "runner")
        assert publish(file, "--registry", f"{server.url}/") == 0
        assert made.logins == {"github-oidc": {"oidc_token": f"oidc for {server.url}"}}
        assert made.published == [file.read_bytes()]
        assert f"{server.url}/v0.1/servers/io.github.alice%2Fweather/versions/1.0.0" in capsys.readouterr().out  # fmt: skip

    def test_a_job_of_gitlab_brings_its_token(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        monkeypatch.setenv("MCP_REGISTRY_ID_TOKEN", "eyJ")
        assert publish(file, "--registry", api[1].url) == 0
        assert api[0].logins == {"oidc": {"oidc_token": "eyJ"}}

    @pytest.mark.parametrize("algorithm", ["ed25519", "ecdsap384"])
    @pytest.mark.parametrize("http", [False, True])
    def test_a_domains_key_signs_the_time(self, file: Path, api: Api, algorithm: str, http: bool, tmp_path: Path) -> None:  # fmt: skip
        private = keys.generate(algorithm)
        (tmp_path / "key.pem").write_bytes(keys.write_private(private))
        more = ["--key", str(tmp_path / "key.pem"), "--domain", "example.com"]
        assert publish(file, "--registry", api[1].url, *more, *(["--http"] if http else [])) == 0
        ((method, body),) = api[0].logins.items()
        assert method == ("http" if http else "dns")
        raw = base64.b64encode(bytes.fromhex(body["signed_timestamp"])).decode()
        signed = FirstSignature(**keys.key_of(private).model_dump(), signature=raw)
        assert signature.check(signed, body["timestamp"].encode()) == keys.key_of(private)

    def test_a_person_enters_a_code(self, api: Api) -> None:
        told: list[str] = []
        waited: list[float] = []
        options = LoginOptions(
            variables={}, key=None, tell=told.append, github=api[1].url, pause=waited.append
        )
        proof = logins.prove(options, api[1].url, {"github_client_id": "Iv1.test"})
        assert (proof.method, proof.body) == ("github-at", {"github_token": "gho_test"})
        assert "ABCD-1234" in told[0]
        assert waited == [1, 1, 6]

    def test_a_refusal_is_told_in_the_registrys_words(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        monkeypatch.setenv("MCP_GITHUB_TOKEN", "gho_secret")
        api[0].status = 403
        assert publish(file, "--registry", api[1].url) == 1
        shown = capsys.readouterr()
        assert "not yours; alice" in shown.err
        assert "gho_secret" not in shown.out + shown.err

    def test_a_dry_run_publishes_nothing(self, file: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        assert publish(file, "--registry", api[1].url, "--dry-run") == 0
        assert api[0].published == []
        assert api[0].logins == {}
        assert "warning: name: odd" in capsys.readouterr().out

    def test_an_entry_with_errors_is_not_sent(self, file: Path, api: Api) -> None:
        file.write_text(json.dumps({**entry(NAME), "description": ""}))
        assert publish(file, "--registry", api[1].url) == 1
        assert api[1].requests == []

    def test_without_an_api_it_says_what_to_give(self, file: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        api[0].has_api = False
        assert publish(file, "--registry", api[1].url) == 2
        assert "--repository" in capsys.readouterr().err


KINDS = {
    "github": ("https://github.com/example/registry", "GITHUB_TOKEN", NAME),
    "gitlab": ("https://gitlab.com/example/registry", "GITLAB_TOKEN", "io.gitlab.alice/weather"),
    "forgejo": ("https://codeberg.org/example/registry", "FORGEJO_TOKEN", "page.codeberg.alice/weather"),
}  # fmt: skip


@dataclass
class ForgeApi:
    """The parts of the three forges' APIs by which a request is made; what was asked is kept."""

    there: dict[str, str] = field(default_factory=lambda: {"registry.yaml": CONFIG})
    written: dict[str, str] = field(default_factory=dict)
    opened: list[Any] = field(default_factory=list)
    taken: bool = False

    def answer(self, request: Request) -> Reply:
        path, body = unquote(request.path).strip("/"), request.body and request.json
        if path == "user":
            return as_json({"login": "alice", "username": "alice", "id": 583231})
        for mark in ("contents/", "repository/files/"):
            if request.method == "GET" and mark in path:
                text = self.there.get(path.partition(mark)[2])
                if text is None:
                    return as_json({"message": "Not Found"}, 404)
                return as_json({"content": base64.b64encode(text.encode()).decode()})
        if path.endswith(("/pulls", "/merge_requests")):
            self.opened.append(body)
            return as_json(
                {"html_url": "https://forge/pulls/7", "web_url": "https://forge/pulls/7"}
            )
        if path.endswith(("/forks", "/fork")):
            return as_json({"full_name": "alice/registry", "id": 12}, 202)
        if "/git/ref/heads/" in path:
            return as_json({"object": {"sha": "b" * 40}})
        if path.endswith("/git/trees"):
            self.written = {one["path"]: one["content"] for one in body["tree"]}
        if path.endswith("/git/refs") and self.taken:
            return as_json({"message": "Reference already exists"}, 422)
        if path.endswith("/repository/commits"):
            self.written = {one["file_path"]: one["content"] for one in body["actions"]}
        if path.endswith("/contents"):
            pairs = ((one["path"], one["content"]) for one in body["files"])
            self.written = {path: base64.b64decode(text).decode() for path, text in pairs}
        if path in ("projects/alice/registry", "repos/alice/registry"):
            return as_json({"message": "Not Found"}, 404)
        return as_json({"sha": "c" * 40, "id": 11})


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ForgeApi, list[str]]]:  # fmt: skip
    address, variable, name = KINDS[request.param]
    file.write_text(json.dumps(entry(name)))
    monkeypatch.setenv(variable, "token")
    made = ForgeApi()
    with serving(made.answer) as server:
        yield name, made, ["--repository", address, "--forge-api", server.url]


Forge = tuple[str, ForgeApi, list[str]]


class TestByRequest:
    def test_the_first_brings_its_owner(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        name, made, words = forge
        assert publish(file, *words) == 0
        namespace = name.partition("/")[0]
        assert made.written.keys() == {f"servers/{name}/1.0.0.json", f"servers/{namespace}/namespace.yaml"}  # fmt: skip
        assert made.written[f"servers/{name}/1.0.0.json"].encode() == file.read_bytes()
        assert "alice, id: 583231" in made.written[f"servers/{namespace}/namespace.yaml"]
        (opened,) = made.opened
        assert opened["title"] == f"Publish {name} 1.0.0"
        assert "https://forge/pulls/7" in capsys.readouterr().out

    def test_the_next_brings_its_version_alone(self, file: Path, forge: Forge) -> None:
        name, made, words = forge
        made.there[f"servers/{name.partition('/')[0]}/namespace.yaml"] = "x"
        assert publish(file, *words) == 0
        assert made.written.keys() == {f"servers/{name}/1.0.0.json"}

    def test_a_version_that_is_there_is_not_proposed_again(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        name, made, words = forge
        made.there[f"servers/{name}/1.0.0.json"] = "{}"
        assert publish(file, *words) == 2
        assert "is published already" in capsys.readouterr().err
        assert made.opened == []

    def test_a_dry_run_opens_nothing(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        _, made, words = forge
        assert publish(file, *words, "--dry-run") == 0
        assert "would open a request as alice (583231" in capsys.readouterr().out
        assert (made.written, made.opened) == ({}, [])

    @pytest.mark.parametrize("forge", ["github"], indirect=True)
    def test_a_branch_of_an_earlier_attempt_is_moved(self, file: Path, forge: Forge) -> None:
        forge[1].taken = True
        assert publish(file, *forge[2]) == 0
        assert len(forge[1].opened) == 1

    def test_without_a_token_or_for_another_host(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        assert publish(file, "--repository", "https://github.com/example/registry") == 2
        assert "GITHUB_TOKEN" in capsys.readouterr().err
        assert publish(file, "--repository", "https://example.org/a/b") == 2
        assert "no repository on a forge" in capsys.readouterr().err


class TestFromCi:
    """The action and the component call the command as it is."""

    def command(self, lines: list[str]) -> str:
        (line,) = (line for line in lines if "mcp-registry publish" in line)
        return line.removeprefix("mcp-registry ")

    def test_both_publish_the_file_they_are_given(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        root = Path(__file__).parents[2]
        action = yaml.safe_load((root / "publish/action.yml").read_text())
        _, component = yaml.safe_load_all((root / "templates/publish.yml").read_text())
        job = component["publish-mcp-server"]
        monkeypatch.setenv("MCP_REGISTRY_ID_TOKEN", "eyJ")
        assert "MCP_REGISTRY_ID_TOKEN" in job["id_tokens"]
        for lines in ([step.get("run", "") for step in action["runs"]["steps"]], job["script"]):
            words = shlex.split(self.command(lines))
            values = {"$FILE": str(file), "$REGISTRY": api[1].url}
            assert cli.run([values.get(word, word) for word in words]) == 0
        assert api[0].published == [file.read_bytes()] * 2
