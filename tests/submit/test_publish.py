"""mcp-registry publish, against local servers that speak the write API and the forges' APIs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from builder import cli
from builder.net.network import Network
from builder.ownership import key as keys
from builder.ownership import signature
from builder.ownership.ci_run import GITHUB_ACTIONS
from builder.ownership.signature import FirstSignature
from builder.submit import gate_verdict, logins
from builder.submit.logins import LoginOptions
from builder.submit.target import ForgeLogin
from tests.local_server import LocalServer, Reply, Request, as_json, serving
from tests.ownership import sigstore
from tests.ownership.issuer import GITHUB_CLAIMS, issuing
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import ACCEPT, MALLORYS, Signer, World
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry

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
    valid: bool = True
    client_id: str = "Iv1.test"
    logins: dict[str, Any] = field(default_factory=dict)
    published: list[Any] = field(default_factory=list)
    polls: list[str] = field(default_factory=lambda: ["authorization_pending", "slow_down", ""])

    def answer(self, request: Request) -> Reply:
        path = request.path
        if path == "/openapi.json":
            return as_json({"paths": {"/v0.1/publish": {}} if self.has_api else {}})
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

    def test_findings_have_place_and_help_as_check_gives_them(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        monkeypatch.chdir(file.parent)
        for broken in ('{"name": ', json.dumps({**entry(NAME), "version": "^1.0"}, indent=1)):
            file.write_text(broken)
            assert cli.run(["check", str(file)]) == 1
            expected = [line for line in capsys.readouterr().out.splitlines() if "error[" in line or "  help: " in line]  # fmt: skip
            assert publish(file, "--registry", api[1].url) == 1
            shown = capsys.readouterr().err.splitlines()
            assert expected == [line for line in shown if "error[" in line or "  help: " in line]
            assert expected

    def test_a_dry_run_fails_where_the_registry_would_refuse(self, file: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        api[0].valid = False
        assert publish(file, "--registry", api[1].url, "--dry-run") == 1
        shown = capsys.readouterr()
        assert "would publish" not in shown.out
        assert "would refuse" in shown.err

    def test_a_dry_run_says_what_the_login_lacks(self, file: Path, api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        api[0].client_id = ""
        assert publish(file, "--registry", api[1].url, "--dry-run") == 0
        assert "names no GitHub app" in capsys.readouterr().err
        monkeypatch.setenv("MCP_GITHUB_TOKEN", "gho_secret")
        assert publish(file, "--registry", api[1].url, "--dry-run") == 0
        assert "GitHub app" not in capsys.readouterr().err

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

    name: str = NAME
    there: dict[str, str] = field(default_factory=lambda: {"registry.yaml": CONFIG})
    written: dict[str, str] = field(default_factory=dict)
    opened: list[Any] = field(default_factory=list)
    taken: bool = False
    is_open: bool = False
    verdict: str = "accept"

    def requests(self, method: str, body: Any) -> Reply:
        address = "https://forge/pulls/7"
        one = {"number": 7, "iid": 7, "html_url": address, "web_url": address}
        if method == "GET":
            person = {"id": 583231, "login": "alice"}
            head = {"ref": "publish/" + self.name.replace("/", "-") + "-1.0.0"}
            return as_json([{**one, "author": person, "user": person, "head": head}])
        if self.is_open:
            return as_json({"message": "already exists"}, 409)
        self.opened.append(body)
        return as_json(one)

    def answer(self, request: Request) -> Reply:
        path, body = unquote(request.path).strip("/"), request.body and request.json
        if path == "user":
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


@pytest.fixture(params=KINDS)
def forge(request: pytest.FixtureRequest, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ForgeApi, list[str]]]:  # fmt: skip
    address, variable, name = KINDS[request.param]
    file.write_text(json.dumps(entry(name)))
    monkeypatch.setenv(variable, "token")
    monkeypatch.setattr(gate_verdict, "PAUSE", 0.01)
    made = ForgeApi(name=name)
    with serving(made.answer) as server:
        yield (
            name,
            made,
            ["--repository", address, "--forge", f"{request.param}={server.url}", "--wait", "1"],
        )


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
        told = capsys.readouterr().out
        assert "https://forge/pulls/7" in told
        assert "verdict: accept" in told

    def test_a_rejected_request_is_an_error_that_says_where_to_look(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        forge[1].verdict = "reject"
        assert publish(file, *forge[2]) == 1
        assert "https://forge/pulls/7 says why" in capsys.readouterr().err

    def test_a_request_that_is_open_is_brought_up_to_date(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        forge[1].is_open = True
        assert publish(file, *forge[2]) == 0
        assert forge[1].written
        assert "https://forge/pulls/7" in capsys.readouterr().out

    @pytest.mark.parametrize("forge", ["github"], indirect=True)
    def test_without_a_verdict_it_says_so(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        forge[1].verdict = ""
        assert publish(file, *forge[2][:-1], "0") == 0
        assert "verdict: none yet" in capsys.readouterr().out

    @pytest.mark.parametrize("forge", ["github", "gitlab"], indirect=True)
    @pytest.mark.parametrize("http", [False, True])
    def test_a_domains_key_signs_the_entry_and_names_itself_as_owner(self, file: Path, forge: Forge, http: bool, registry: Registry) -> None:  # fmt: skip
        file.write_text(json.dumps(entry("com.example/weather")))
        signer, zone = Signer(), Zone()
        zone.txt("example.com", signer.record)
        pem = file.with_name("key.pem")
        pem.write_bytes(keys.write_private(signer.private))
        words = ["--key", str(pem), "--domain", "example.com", *(["--http"] if http else [])]
        assert publish(file, *forge[2], *words) == 0
        folder = "servers/com.example"
        entry_path = f"{folder}/weather/1.0.0.json"
        made = forge[1].written
        assert made.keys() == {entry_path, f"{entry_path}.sig", f"{folder}/namespace.yaml"}
        if not http:  # the gate takes it, whoever opened it
            with dns_server(zone) as address:
                network = Network(resolver=address, dns_seconds=PATIENCE, http_seconds=0.2)
                judgement = World(registry, network).judge(made, MALLORYS)
            assert judgement.verdict is ACCEPT, judgement

    @pytest.mark.parametrize("forge", ["github"], indirect=True)
    def test_a_key_of_another_domain_signs_nothing(self, file: Path, forge: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        pem = file.with_name("key.pem")
        pem.write_bytes(keys.write_private(keys.generate("ed25519")))
        file.write_text(json.dumps(entry("com.example/weather")))
        assert publish(file, *forge[2], "--key", str(pem), "--domain", "other.org") == 2
        assert "proves nothing about com.example" in capsys.readouterr().err
        assert forge[1].opened == []

    @pytest.mark.parametrize("forge", ["github"], indirect=True)
    def test_a_run_of_ci_signs_the_entry_whoever_opens_the_request(self, file: Path, forge: Forge, registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
        """From the token of a run to the gate's verdict, through a Sigstore on loopback."""
        file.write_text(json.dumps(entry("io.github.bob/weather")))
        claims = {
            "repository": "bob/weather",
            "repository_owner": "bob",
            "repository_owner_id": "42",
            "workflow_ref": "bob/weather/.github/workflows/release.yml@refs/heads/main",
            "job_workflow_ref": "bob/weather/.github/workflows/release.yml@refs/heads/main",
        }
        with issuing() as issuer, sigstore.serving(tmp_path) as (trust, root):
            token = issuer.token(
                **{**GITHUB_CLAIMS, **claims, "iss": GITHUB_ACTIONS, "aud": "sigstore"}
            )
            with serving(lambda _: as_json({"value": token})) as runner:
                monkeypatch.setenv(logins.ACTIONS_URL, f"{runner.url}/token?v=1")
                monkeypatch.setenv(logins.ACTIONS_TOKEN, "runner")
                monkeypatch.setenv("GITHUB_REPOSITORY_OWNER", "bob")
                monkeypatch.setenv("GITHUB_REPOSITORY_OWNER_ID", "42")
                assert publish(file, *forge[2], "--sigstore-config", str(trust)) == 0
                assert "audience=sigstore" in runner.requests[0].target
        made = forge[1].written
        assert "servers/io.github.bob/weather/1.0.0.json.sigstore" in made
        settings = f"{CONFIG}policy: {{sigstore_root: root.json}}\n"
        registry.commit({"registry.yaml": settings, "root.json": root})
        judgement = World(registry).judge(made, MALLORYS)
        assert judgement.verdict is ACCEPT, judgement
        assert "a run of the GitHub account bob (42)" in judgement.reason

    def test_a_person_logs_in_for_a_request(self, api: Api) -> None:
        told: list[str] = []
        login = ForgeLogin(variables={}, tell=told.append, client_id="Iv1.test", github=api[1].url, pause=lambda _: None)  # fmt: skip
        assert login.token("github", "github.com") == "gho_test"
        assert "ABCD-1234" in told[0]

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
    """The action and the component call the command as it is: their own scripts are run."""

    def test_both_publish_the_file_they_are_given(self, file: Path, api: Api) -> None:
        root = Path(__file__).parents[2]
        action = yaml.safe_load((root / "publish/action.yml").read_text())
        _, component = yaml.safe_load_all((root / "templates/publish.yml").read_text())
        job = component["publish-mcp-server"]
        assert "MCP_REGISTRY_ID_TOKEN" in job["id_tokens"]
        publishes = (
            action["runs"]["steps"][-1]["run"],
            next(line for line in job["script"] if "mcp-registry publish" in line),
        )
        for script in publishes:
            given = {
                "FILE": str(file),
                "REGISTRY": api[1].url,
                "REPOSITORY": "",
                "GITHUB_TOKEN": "",
            }
            variables = {**os.environ, **given, "MCP_REGISTRY_ID_TOKEN": "eyJ"}
            variables["PATH"] = f"{Path(sys.executable).parent}:{variables['PATH']}"
            subprocess.run(["bash", "-euc", script], env=variables, check=True)
        assert api[0].published == [file.read_bytes()] * 2
