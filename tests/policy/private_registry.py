"""A registry with a policy of its own, and changes proposed to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from tests.registry import CONFIG, Registry, entry

POLICY = """\
policy:
  teams: [{name: platform, members: [{github: bob, id: 7}]}]
  publish:
    package_registries: [https://npm.acme.example/, images.acme.example]
    repository_hosts: [git.acme.example]
    remote_hosts: [10.0.0.0/8]
    internal:
      - {namespace: acme.internal, team: platform}
    rules:
      - {match: {change: new-secret}, do: review, because: new secrets are looked at}
      - match: {outside: {package-type: [npm, oci]}}
        do: reject
        because: we run npm packages and images only
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry", CONFIG + POLICY)


def check(
    registry: Registry, capsys: pytest.CaptureFixture[str], *arguments: str
) -> dict[str, Any]:
    capsys.readouterr()
    cli.run(["check", "--format", "json", "--root", str(registry.root), *arguments])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def told(report: dict[str, Any], *severities: str) -> list[tuple[str, str]]:
    return [
        (finding["rule"], finding["pointer"])
        for finding in report["findings"]
        if finding["severity"] in severities
    ]


def propose(registry: Registry, name: str, version: str = "1.0.0", **fields: Any) -> str:
    """Propose an entry on a branch, and return the branch's base."""
    base = registry.git("rev-parse", "main")
    registry.git("checkout", "--quiet", "-B", "change", "main")
    registry.commit({f"servers/{name}/{version}.json": entry(name, version, **fields)})
    registry.git("checkout", "--quiet", "main")
    return base


def secret_package(name: str, version: str = "1.0.0") -> dict[str, Any]:
    """The package of an ordinary entry, but that it asks for a secret: new in kind as an update."""
    (package,) = entry(name, version)["packages"]
    return {**package, "environmentVariables": [{"name": "TOKEN", "isSecret": True}]}
