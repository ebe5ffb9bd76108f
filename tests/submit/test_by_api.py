"""`mcp-registry publish` where the registry has an API for it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.errors import RegistryError
from builder.ownership import key as keys
from builder.ownership import signature
from builder.ownership.signature import FirstSignature
from builder.submit import logins, target
from builder.submit.api import RegistryApi
from builder.submit.logins import LoginOptions
from tests.registry import entry
from tests.submit.publishing import NAME, Api, publish


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

    @pytest.mark.parametrize(
        ("aud", "more", "code"),
        [("{url}/", [], 0), (["x", "{url}"], [], 0), ("https://other.example.com", [], 2), (7, [], 2),
         (None, [], 2), ("https://other.example.com", ["--audience", "https://other.example.com/"], 0)],
    )  # fmt: skip
    def test_a_token_goes_to_the_registry_that_it_is_for(self, file: Path, api: Api, aud: Any, more: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        claims = json.dumps({"aud": aud}).replace("{url}", api[1].url)
        token = f"e30.{base64.urlsafe_b64encode(claims.encode()).decode().rstrip('=')}.x"
        monkeypatch.setenv("MCP_REGISTRY_ID_TOKEN", token)
        assert publish(file, "--registry", api[1].url, *more) == code
        assert bool(api[0].logins) is (code == 0)

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

    @pytest.mark.parametrize("url", ["http://registry.example.com", "http://127.0.0.1.example.com", "ftp://x"])  # fmt: skip
    def test_a_proof_goes_nowhere_without_https(self, url: str) -> None:
        def sent(*_: object) -> None:
            raise AssertionError

        variables = {logins.GITHUB_TOKEN: "gho_alice", logins.ID_TOKEN: "eyJ"}
        options = LoginOptions(variables=variables, key=None, tell=sent, pause=sent)
        with pytest.raises(RegistryError, match="no address by https"):
            RegistryApi(url=url).log_in(options)
        place = target.address("https://git.example.com/a/registry", "gitlab", f"{url}/api/v4")
        with pytest.raises(RegistryError, match="no address by https"):
            place.reached("glpat")
        assert place.reached("")

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

    @pytest.mark.parametrize("more", [["--dry-run"], []], ids=["dry run", "for good"])
    @pytest.mark.parametrize("words", [["publish", "server.json"], ["status", NAME, "--to", "active"]], ids=lambda words: words[0])  # fmt: skip
    def test_a_registry_that_is_no_address_is_told_so(self, file: Path, words: list[str], more: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        monkeypatch.chdir(file.parent)
        assert cli.run([*words, "--registry", "registry.example.org", *more]) == 2
        assert capsys.readouterr().err.splitlines() == [
            "error: registry.example.org is not a web address",
            "  help: it starts with https:// or http://",
        ]

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
