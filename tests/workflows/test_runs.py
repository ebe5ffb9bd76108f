"""Each workflow file played from its event to its end, with local git as GitHub and a local API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.local_server import Reply, Request, as_json, serving
from tests.registry import CONFIG, SCHEMA, entry_file
from tests.workflows.github_server import BOT, GitHubServer, github
from tests.workflows.runner import ROOT, Job, Runner

WORKFLOWS = ROOT / ".github" / "workflows"
BIN = Path(sys.executable).parent
MERGING = {"AUTO_MERGE": "true"}
WAITING = CONFIG + "policy:\n  new_namespace_hours: 72\n"
ALICE = 583231


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GitHubServer]:
    with github(tmp_path / "github", getattr(request, "param", CONFIG)) as (hub, _):
        yield hub


@pytest.fixture
def runner(hub: GitHubServer, tmp_path: Path) -> Runner:
    """A runner on which the builder is installed already, so that `make` has nothing to do."""
    commands = tmp_path / "commands"
    commands.mkdir()
    script(commands / "make", f'test "$*" = "--silent --directory {ROOT} .venv/.runtime"')
    (commands / "mcp-registry").symlink_to(BIN / "mcp-registry")
    return Runner(hub, tmp_path / "runs", commands)


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def log(job: Job) -> str:
    return "\n".join(job.log)


class TestPublish:
    def test_main_is_built_and_deployed(self, hub: GitHubServer, runner: Runner) -> None:
        hub.git.commit(entry_file())
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert {name: job.result for name, job in jobs.items()} == {
            "build": "success",
            "deploy": "success",
        }, log(jobs["build"])
        assert runner.published
        (item,) = json.loads((runner.published / "v0.1" / "servers" / "index.json").read_bytes())["servers"]  # fmt: skip
        assert item["server"]["name"] == "com.example/weather"

    def test_wrong_entry_is_not_deployed(self, hub: GitHubServer, runner: Runner) -> None:
        hub.git.commit({"servers/com.example/weather/1.0.0.json": "{"})
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert [job.result for job in jobs.values()] == ["failure", "skipped"]
        assert runner.published is None

    def test_shallow_checkout_would_not_be_deployed(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        hub.git.commit(entry_file())
        text = (WORKFLOWS / "publish.yml").read_text()
        shallow = tmp_path / "publish.yml"
        shallow.write_text(text.replace("fetch-depth: 0", "fetch-depth: 1"))
        jobs = runner.run(shallow, "push", {})
        assert [job.result for job in jobs.values()] == ["failure", "skipped"]
        assert "shallow clone" in log(jobs["build"])


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


class TestRecheck:
    def test_starts_the_check_again(self, hub: GitHubServer, runner: Runner) -> None:
        head = hub.git.git("rev-parse", "HEAD")
        hub.open(head, labels=[{"name": "gate: accept"}])
        assert runner.run(WORKFLOWS / "recheck.yml", "schedule", {})["recheck"].result == "skipped"
        runner.variables = MERGING
        job = runner.run(WORKFLOWS / "recheck.yml", "schedule", {})["recheck"]
        assert job.result == "success", log(job)
        assert hub.dispatched == [("check.yml", {"ref": "main", "inputs": {"pull-request": "1"}})]
