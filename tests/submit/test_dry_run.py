"""A dry run checks what it can without a token, says what it cannot know, and does nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.ownership import key as keys
from builder.submit import logins
from tests.local_server import LocalServer
from tests.ownership.world import Signer
from tests.registry import CONFIG, entry
from tests.submit.forges import Forge
from tests.submit.publishing import NAME, SECRETS, Api, publish
from tests.submit.test_status import status

BOBS = "owners: [{github: bob, id: 7}]\nproof: github\n"


@pytest.fixture
def bare(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """A forge of which nobody has given a token."""
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    return forge


def asked(forge: Forge) -> list[str]:
    assert (forge[1].written, forge[1].opened) == ({}, [])
    return forge[1].asked


def test_without_a_token_it_looks_as_anybody_may(file: Path, bare: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    assert publish(file, *bare[2], "--dry-run") == 0
    shown = capsys.readouterr()
    assert f"would open a request as an account: Publish {bare[0]} 1.0.0" in shown.out
    assert "not checked: which account opens it: there is no token in" in shown.err
    assert "not checked: whether you may publish it" in shown.err
    assert asked(bare) and not any("user" in path for path in asked(bare))
    assert publish(file, *bare[2]) == 2  # to open it a token is needed as ever


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_without_a_token_it_finds_what_is_wrong(file: Path, bare: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    bare[1].there[f"servers/{NAME}/1.0.0.json"] = "{}"
    assert publish(file, *bare[2], "--dry-run") == 2
    assert "is published already" in capsys.readouterr().err
    del bare[1].there["registry.yaml"]
    assert publish(file, *bare[2], "--dry-run") == 2
    assert "it is no registry" in capsys.readouterr().err
    file.write_text(json.dumps(entry(NAME, "^1.0")))
    assert publish(file, *bare[2], "--dry-run") == 1
    assert "version-looks-like-range" in capsys.readouterr().err


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_whose_the_namespace_is(file: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    owners = "servers/io.github.alice/namespace.yaml"

    def told(text: str | None) -> str:
        forge[1].there.pop(owners, None)
        forge[1].there |= {owners: text} if text else {}
        assert publish(file, *forge[2], "--dry-run") == 0
        return capsys.readouterr().err

    assert "warning: the gate would refuse it: io.github.alice belongs to bob" in told(BOBS)
    assert "warning" not in told("owners: [{github: alice, id: 583231}]\nproof: github\n")
    assert "warning" not in told(None)
    assert "cannot be read" in told("[")
    monkeypatch.setenv(logins.ACTIONS_URL, "http://127.0.0.1:9/")
    run = told(BOBS)
    assert "not checked: whether this run may publish it: io.github.alice belongs to bob" in run
    assert "not checked: the signature of this run" in run
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "whether this run may publish it" in told(BOBS)


@pytest.mark.parametrize("forge", ["github"], indirect=True)
def test_a_key_needs_no_token_to_be_known(file: Path, bare: Forge, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    signer, pem = Signer(), file.with_name("key.pem")
    pem.write_bytes(keys.write_private(signer.private))
    file.write_text(json.dumps(entry("com.example/weather")))
    words = [*bare[2], "--key", str(pem), "--domain", "example.com", "--dry-run"]
    assert publish(file, *words) == 0
    shown = capsys.readouterr()
    assert "servers/com.example/namespace.yaml" in shown.out and "whether you" not in shown.err
    owners = {"keys": [signer.pin], "proof": "dns"}
    bare[1].there["servers/com.example/namespace.yaml"] = json.dumps(owners)
    assert publish(file, *words) == 0
    assert "refuse" not in capsys.readouterr().err
    owners["keys"] = [Signer().pin]
    bare[1].there["servers/com.example/namespace.yaml"] = json.dumps(owners)
    assert publish(file, *words) == 0
    assert "the gate would refuse it: com.example belongs to a key" in capsys.readouterr().err


@pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
def test_a_status_needs_no_token_either(bare: Forge, file: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    assert status(NAME, "1.0.0", "--to", "deleted", "--dry-run", *bare[2]) == 0
    assert "would open a request as an account" in capsys.readouterr().out
    assert asked(bare)


def test_by_the_api_it_knows_what_is_there_already(file: Path, api: Api, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    assert publish(file, "--registry", api[1].url, "--dry-run") == 0
    assert "not checked: whether io.github.alice is yours" in capsys.readouterr().err
    api[0].versions.append("/v0.1/servers/io.github.alice%2Fweather/versions/1.0.0")
    assert publish(file, "--registry", api[1].url, "--dry-run") == 1
    assert "is published already" in capsys.readouterr().err
    server: LocalServer = api[1]
    assert not any(one.method != "GET" and "validate" not in one.path for one in server.requests)


@pytest.mark.parametrize("forge", ["github"], indirect=True)
@pytest.mark.parametrize("is_allowed", [True, False])
def test_hosts_of_one_s_own_are_the_registry_s_to_allow(file: Path, forge: Forge, api: Api, is_allowed: bool, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """What `publish` finds on a laptop is what the gate of that registry will find."""
    repository = {"url": "https://git.corp.example/team/tool", "source": "gitlab"}
    file.write_text(json.dumps(entry(NAME, repository=repository)))
    if is_allowed:
        policy = "policy: {publish: {repository_hosts: [git.corp.example]}}\n"
        forge[1].there["registry.yaml"] = f"{CONFIG}{policy}"
    assert publish(file, *forge[2]) == (0 if is_allowed else 1)
    assert ("invalid-repository-url" in capsys.readouterr().err) is not is_allowed
    assert bool(forge[1].opened) is is_allowed
    assert publish(file, "--registry", api[1].url, "--dry-run") == 0  # the registry itself says
