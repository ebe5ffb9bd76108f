"""mirror.yml: what is new upstream becomes one pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.forge.github_server import BOT, GitHubServer
from tests.forge.runner import Runner
from tests.forge.workflows.playing import BIN, WORKFLOWS, log, script
from tests.local_server import Reply, Request, as_json, serving
from tests.registry import SCHEMA


class TestMirror:
    @pytest.fixture
    def upstream(self, runner: Runner) -> Iterator[list[dict[str, Any]]]:
        """A registry on loopback in the place of the official one, and what it has."""
        items = [upstream_item("1.0.0")]

        def answer(request: Request) -> Reply:
            return as_json({"servers": items, "metadata": {"count": len(items)}})

        with serving(answer) as server:
            command = runner.commands / "mcp-registry"
            command.unlink()
            real = BIN / "mcp-registry"
            at = f'test "$1" = mirror && shift && set -- mirror {server.url} "$@"'
            script(command, f'{at}\nexec {real} "$@"')
            yield items

    def test_off_unless_it_is_wanted(self, runner: Runner) -> None:
        jobs = runner.run(WORKFLOWS / "mirror.yml", "schedule", {})
        assert jobs["mirror"].result == "skipped"

    def test_opens_one_pull_request_and_has_it_checked(self, hub: GitHubServer, runner: Runner, upstream: list[dict[str, Any]]) -> None:  # fmt: skip
        runner.variables = {"MIRROR": "true"}
        for _ in range(2):
            job = runner.run(WORKFLOWS / "mirror.yml", "schedule", {})["mirror"]
            assert job.result == "success", log(job)
            upstream.append(upstream_item("2.0.0"))
        (pull,) = hub.pulls.values()
        assert pull["user"]["login"] == BOT
        assert hub.git.git("show", "mirror:servers/com.example/weather/2.0.0.json")
        author = hub.git.git("log", "-1", "--format=%an", "mirror")
        assert author == BOT
        assert hub.dispatched == [
            ("check.yml", {"ref": "main", "inputs": {"pull-request": "1"}})
        ] * 2  # fmt: skip

    def test_nothing_new_upstream_proposes_nothing(self, hub: GitHubServer, runner: Runner, upstream: list[dict[str, Any]]) -> None:  # fmt: skip
        runner.variables = {"MIRROR": "true"}
        upstream.clear()
        job = runner.run(WORKFLOWS / "mirror.yml", "schedule", {})["mirror"]
        assert job.result == "success", log(job)
        assert hub.pulls == {}


def upstream_item(version: str) -> dict[str, Any]:
    official = {
        "status": "active",
        "publishedAt": f"2025-0{version[0]}-01T00:00:00Z",
        "updatedAt": f"2025-0{version[0]}-01T00:00:00Z",
        "isLatest": True,
    }
    server = {
        "$schema": SCHEMA,
        "name": "com.example/weather",
        "description": "Tells the weather.",
        "version": version,
    }
    return {"server": server, "_meta": {"io.modelcontextprotocol.registry/official": official}}
