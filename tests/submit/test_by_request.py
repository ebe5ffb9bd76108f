"""`mcp-registry publish` by a pull or merge request, on a forge of each kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.net.network import Network
from builder.ownership import key as keys
from builder.ownership.ci_run import GITHUB_ACTIONS
from builder.submit import logins
from builder.submit.target import ForgeLogin
from tests.local_server import as_json, serving
from tests.ownership import sigstore
from tests.ownership.issuer import GITHUB_CLAIMS, issuing
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import ACCEPT, MALLORYS, Signer, World
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry
from tests.submit.forges import Forge
from tests.submit.publishing import Api, publish


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
        printed = capsys.readouterr().out
        assert "https://forge/pulls/7" in printed
        assert "verdict: accept" in printed

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
        claims: dict[str, Any] = {
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
