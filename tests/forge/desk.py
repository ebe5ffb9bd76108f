"""A runner's clone of a registry, and the commands of `pull-request` that run in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from tests.forge.github_server import REPOSITORY, TOKEN, GitHubServer, github
from tests.registry import CONFIG, Registry, entry_file

WAITING = CONFIG + "policy:\n  new_namespace_hours: 72\n"


class Desk:
    """A runner's clone of the registry's main branch, and the commands that run in it."""

    def __init__(self, hub: GitHubServer, root: Path) -> None:
        self.hub, self.root = hub, root
        hub.git.git("clone", "--quiet", "--no-local", "--branch=main", str(hub.git.root), str(root))
        self.event = root.parent / "event.json"
        self.report = root.parent / "report.json"
        self.base = hub.tip()

    def run(self, *arguments: object) -> int:
        return cli.run(["pull-request", *map(str, arguments), "--root", str(self.root)])

    def fetch(self, number: int) -> int:
        return self.run("fetch", number, "--event", self.event, "--report", self.report)

    def act(self, step: str, number: int, verdict: str, *more: object, head: str = "", reason: str = "", new: bool = False) -> int:  # fmt: skip
        """Take a step on what the checker would have said of the head."""
        self.fetch(number)
        head = head or json.loads(self.event.read_text())["head"]
        commits = {"base": self.base, "head": head}
        self.report.write_text(json.dumps({**commits, **a_report(verdict, reason, new)}))
        return self.run(
            step, number, "--base", self.base, "--head", head, "--report", self.report, *more
        )

    def comment(self, number: int, verdict: str = "accept", **more: Any) -> int:
        return self.act("comment", number, verdict, **more)


def a_report(verdict: str, reason: str, new: bool) -> dict[str, Any]:
    namespace = {"namespace": "com.example", "verdict": verdict, "reason": "", "new": new}
    return {
        "version": 1, "verdict": verdict, "reason": reason, "findings": [], "namespaces": [namespace]
    }  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GitHubServer]:
    config = getattr(request, "param", CONFIG)
    with github(tmp_path / "github", config) as (hub, _):
        yield hub


@pytest.fixture
def desk(hub: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GITHUB_API_URL", hub.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    return Desk(hub, tmp_path / "desk")


def publish(git: Registry, name: str = "com.example/weather", version: str = "1.0.0") -> str:
    """A commit beside main that adds an entry; main stays where it is."""
    git.git("checkout", "--quiet", "--detach", "main")
    head = git.commit(entry_file(name, version))
    git.git("checkout", "--quiet", "main")
    return head


def clock(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000 + hours * 3600)
