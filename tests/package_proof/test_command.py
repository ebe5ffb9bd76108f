"""check --online: the packages of what is checked are asked about, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from builder import cli, package_proof
from builder.gate import question
from tests.local_server import as_json, routes, serving
from tests.package_proof.asking import NAME, settings
from tests.registry import Registry, entry_file


@pytest.fixture
def check(registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:  # fmt: skip
    def run(url: str, *arguments: str) -> Any:
        monkeypatch.setattr(
            package_proof, "ProofSettings", lambda **given: settings({"npm": url}, **given)
        )
        cli.run(["check", "--format", "json", "--root", str(registry.root), *arguments])
        return json.loads(capsys.readouterr().out)

    return run


def with_package(version: str) -> dict[str, Any]:
    package = {
        "registryType": "npm",
        "identifier": "weather",
        "version": version,
        "transport": {"type": "stdio"},
    }
    return entry_file(NAME, version, packages=[package])


def test_change_asks_about_its_own_packages_only(registry: Registry, check: Callable[..., Any]) -> None:  # fmt: skip
    base = registry.commit(with_package("1.0.0"))
    registry.commit(with_package("2.0.0"))
    with serving(routes({"/weather/2.0.0": as_json({"mcpName": "com.example/other"})})) as server:
        report = check(server.url, "--online", "--base", base)
        assert server.targets == ["/weather/2.0.0"]
    (finding,) = (
        finding for finding in report["findings"] if finding["rule"] == "package-not-owned"
    )
    assert finding["path"] == f"servers/{NAME}/2.0.0.json"
    assert finding["line"] == 9
    assert "com.example/other" in finding["message"]
    assert report["verdict"] == "reject"


def test_change_is_not_waited_for_longer_than_its_time(registry: Registry, check: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    base = registry.git("rev-parse", "HEAD")
    registry.commit(with_package("1.0.0"))
    monkeypatch.setattr(question, "CHANGE_SECONDS", 0)
    with serving(routes({"/weather/1.0.0": as_json({"mcpName": NAME})})) as server:
        report = check(server.url, "--online", "--base", base)
        assert server.requests == []
    (finding,) = (
        finding for finding in report["findings"] if finding["rule"] == "package-unverified"
    )
    assert "no time was left" in finding["message"]


def test_registry_that_is_away_is_for_review(registry: Registry, check: Callable[..., Any]) -> None:
    registry.commit(with_package("1.0.0"))
    with serving(routes({})) as server:
        gone = server.url
    report = check(gone, "--online")
    assert [finding["rule"] for finding in report["findings"]] == ["package-unverified"]
    assert report["verdict"] == "review"


def test_nobody_is_asked_otherwise(registry: Registry, check: Callable[..., Any]) -> None:
    registry.commit(with_package("1.0.0"))
    with serving(routes({})) as server:
        assert check(server.url)["verdict"] == "accept"
        assert server.requests == []
