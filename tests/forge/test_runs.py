"""Each workflow file played from its event to its end, with local git as GitHub and a local API."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forge.github_server import BOT, GitHubServer, github
from tests.forge.runner import ROOT, Job, Runner, load
from tests.local_server import Reply, Request, as_json, serving
from tests.registry import CONFIG, SCHEMA, entry_file
from tests.trust.sites import write_key

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
    make = f"--silent --directory {ROOT} .venv/"
    script(commands / "make", f'test "$*" = "{make}.runtime" || test "$*" = "{make}.sigstore"')
    (commands / "mcp-registry").symlink_to(BIN / "mcp-registry")
    return Runner(hub, tmp_path / "runs", commands)


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def log(job: Job) -> str:
    return "\n".join(job.log)


def publication(login: str = "alice", id: int = ALICE, version: str = "1.0.0") -> dict[str, Any]:
    """A first publication into the namespace of an account, as its owner would write it."""
    name = f"io.github.{login}/weather"
    owners = f"owners: [{{github: {login}, id: {id}}}]\nproof: github\n"
    remotes = [{"type": "streamable-http", "url": f"https://{login}.example.com/mcp"}]
    return {
        f"servers/io.github.{login}/namespace.yaml": owners,
        **entry_file(name, version, remotes=remotes),
    }


def proposal(hub: GitHubServer, files: dict[str, Any]) -> str:
    """A commit that is not on main."""
    hub.git.git("checkout", "--quiet", "--detach", "main")
    head = hub.git.commit(files)
    hub.git.git("checkout", "--quiet", "main")
    return head


def check(runner: Runner, number: int, *, dispatched: bool = False) -> dict[str, Job]:
    """Run check.yml as GitHub does when a pull request is pushed to, or when it is dispatched."""
    if dispatched:
        event: dict[str, Any] = {"inputs": {"pull-request": str(number)}}
        return runner.run(WORKFLOWS / "check.yml", "workflow_dispatch", event)
    pull = runner.hub.pull(number)
    event = {"action": "opened", "sender": pull["user"], "number": number, "pull_request": pull}
    return runner.run(WORKFLOWS / "check.yml", "pull_request_target", event)


class TestGate:
    def test_proved_publication_is_accepted_and_waits_for_a_person(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        number = hub.open(proposal(hub, publication()))
        jobs = check(runner, number)
        assert jobs["gate"].result == "success", log(jobs["gate"])
        assert jobs["merge"].result == "skipped"
        assert hub.labels(number) == ["gate: accept"]
        (comment,) = hub.comments
        assert "io.github.alice" in comment["body"]
        assert "What happens next" in comment["body"]
        assert hub.merged == []

    def test_proved_publication_merges_and_is_published(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        head = proposal(hub, publication())
        number = hub.open(head)
        runner.variables = MERGING
        jobs = check(runner, number)
        assert hub.merged == [(number, head)], log(jobs["merge"])
        assert hub.dispatched == [("publish.yml", {"ref": "main", "inputs": {}})]
        assert runner.run(WORKFLOWS / "publish.yml", "workflow_dispatch", {})["build"].result == "success"  # fmt: skip
        assert runner.published
        assert (
            runner.published / "servers" / "io.github.alice" / "weather" / "index.html"
        ).exists()

    def test_publication_by_a_stranger_is_rejected_with_the_reason(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        hub.git.commit(publication())
        stolen = {**publication(version="2.0.0")}
        stolen.pop("servers/io.github.alice/namespace.yaml")
        number = hub.open(proposal(hub, stolen), author="mallory", id=666)
        runner.variables = MERGING
        jobs = check(runner, number)
        assert jobs["gate"].result == "failure"
        assert jobs["merge"].result == "skipped"
        assert hub.labels(number) in (["gate: reject"], ["gate: review"])
        assert "io.github.alice" in hub.comments[0]["body"]
        assert hub.merged == []

    def test_comment_and_label_follow_the_next_push(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        wrong = publication()
        wrong["servers/io.github.alice/weather/1.0.0.json"] = "{"
        number = hub.open(proposal(hub, wrong))
        assert check(runner, number)["gate"].result == "failure"
        assert hub.labels(number) == ["gate: reject"]
        hub.push(number, proposal(hub, publication()))
        assert check(runner, number)["gate"].result == "success"
        assert hub.labels(number) == ["gate: accept"]
        assert len(hub.comments) == 1

    def test_nothing_of_the_pull_request_reaches_the_workspace(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        """It brings its own checker, action, hooks and attributes; all stay git objects."""
        canary = tmp_path / "canary"
        evil = f"import pathlib; pathlib.Path({str(canary)!r}).touch()"
        touch = f"#!/bin/sh\ntouch {canary}\n"
        files = {
            **publication(),
            "builder/__init__.py": evil,
            "sitecustomize.py": evil,
            "conftest.py": evil,
            "Makefile": f"all:\n\ttouch {canary}\n",
            "action.yml": "runs: {using: composite, steps: []}",
            ".github/workflows/check.yml": "on: push",
            ".gitattributes": "* filter=evil",
            "mcp-registry": touch,
        }
        number = hub.open(proposal(hub, files))
        runner.variables = MERGING
        jobs = check(runner, number)
        assert jobs["gate"].result == "failure", log(jobs["gate"])
        assert hub.merged == []
        assert not canary.exists()
        for workspace in tmp_path.glob("runs/*/workspace"):
            assert {path.name for path in workspace.iterdir()} == {".git", "registry.yaml"}

    def test_head_that_moves_between_check_and_merge_is_not_merged(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        number = hub.open(proposal(hub, publication()))
        worse = proposal(hub, {**publication(), "servers/io.github.bob/namespace.yaml": "x"})
        hub.before_merge = lambda: hub.push(number, worse)
        runner.variables = MERGING
        jobs = check(runner, number)
        assert jobs["merge"].result == "success"
        assert "not merged" in log(jobs["merge"])
        assert hub.merged == []

    def test_label_by_hand_merges_nothing(self, hub: GitHubServer, runner: Runner) -> None:
        wrong = publication()
        wrong["servers/io.github.alice/weather/1.0.0.json"] = "{"
        number = hub.open(proposal(hub, wrong), labels=[{"name": "gate: accept"}])
        runner.variables = MERGING
        runner.run(WORKFLOWS / "recheck.yml", "schedule", {})
        ((workflow, asked),) = hub.dispatched
        assert workflow == "check.yml"
        check(runner, int(asked["inputs"]["pull-request"]), dispatched=True)
        assert hub.labels(number) == ["gate: reject"]
        assert hub.merged == []

    @pytest.mark.parametrize("hub", [WAITING], indirect=True)
    def test_new_namespace_waits_and_is_merged_by_a_later_look(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        number = hub.open(proposal(hub, publication()))
        runner.variables = MERGING
        jobs = check(runner, number)
        assert "io.github.alice is new here: it waits until" in log(jobs["merge"])
        # Three days later: the gate's own comment says since when.
        comment = hub.comments[0]
        since = json.loads(comment["body"].split("mcp-registry-gate ")[1].split(" -->")[0])["since"]
        comment["body"] = comment["body"].replace(str(since), str(since - 73 * 3600))
        check(runner, number, dispatched=True)
        assert len(hub.merged) == 1

    def test_steps_that_read_what_strangers_wrote_have_no_token(self) -> None:
        for step in load(ROOT / "action.yml")["runs"]["steps"]:
            if "mcp-registry check" in step.get("run", ""):
                assert not any("TOKEN" in name for name in step.get("env", {}))


class TestPublish:
    def test_main_is_built_and_deployed(self, hub: GitHubServer, runner: Runner) -> None:
        hub.git.commit(entry_file())
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert {name: job.result for name, job in jobs.items()} == {
            "build": "success",
            "seal": "skipped",
            "deploy": "success",
        }, log(jobs["build"])
        assert runner.published
        (item,) = json.loads((runner.published / "v0.1" / "servers" / "index.json").read_bytes())["servers"]  # fmt: skip
        assert item["server"]["name"] == "com.example/weather"

    def test_wrong_entry_is_left_out_and_the_rest_is_deployed(self, hub: GitHubServer, runner: Runner) -> None:  # fmt: skip
        hub.git.commit({**entry_file(), "servers/com.example/weather/2.0.0.json": "{"})
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert [job.result for job in jobs.values()] == ["success", "skipped", "success"]
        assert "error[json-syntax]" in log(jobs["build"])
        assert runner.published
        versions = runner.published / "v0.1/servers/com.example/weather/versions"
        assert [path.name for path in sorted(versions.iterdir())] == ["1.0.0", "index.json", "latest"]  # fmt: skip

    def test_shallow_checkout_would_not_be_deployed(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        hub.git.commit(entry_file())
        text = (WORKFLOWS / "publish.yml").read_text()
        shallow = tmp_path / "publish.yml"
        shallow.write_text(text.replace("fetch-depth: 0", "fetch-depth: 1"))
        jobs = runner.run(shallow, "push", {})
        assert [job.result for job in jobs.values()] == ["failure", "skipped", "skipped"]
        assert "shallow clone" in log(jobs["build"])

    def test_what_is_signed_is_deployed_and_nothing_unsigned_in_its_place(self, hub: GitHubServer, runner: Runner, tmp_path: Path) -> None:  # fmt: skip
        hub.git.commit(entry_file())
        runner.variables = {"SEAL": "yes"}
        jobs = runner.run(WORKFLOWS / "publish.yml", "push", {})
        assert [job.result for job in jobs.values()] == ["success", "failure", "skipped"]
        assert "the variable LOG_KEY is not set" in log(jobs["seal"])
        assert runner.published is None
        shutil.rmtree(runner.folder)
        command = runner.commands / "mcp-registry"
        command.unlink()
        # Nothing is deployed yet at the address of the registry, and nobody may ask it here.
        script(command, f'test "$1" = seal && set -- "$@" --first; exec {BIN}/mcp-registry "$@"')
        runner.secrets = {"LOG_KEY": write_key(tmp_path / "log.pem", 1).read_text()}
        jobs = runner.run(WORKFLOWS / "publish.yml", "schedule", {})
        assert {job.result for job in jobs.values()} == {"success"}, log(jobs["seal"])
        assert runner.published
        assert list(runner.published.glob("v0.1/x/*/log/checkpoint"))
        assert (runner.published / ".well-known").is_dir()

    def test_only_what_signs_or_deploys_may_name_itself(self) -> None:
        folders = (".github", "site/scaffold/.github", "site/scaffold-parts/.github")
        files = [path for name in folders for path in (ROOT / name).glob("workflows/*.yml")]
        for path in files:
            for name, job in load(path)["jobs"].items():
                if "id-token" in job["permissions"]:
                    uses = {step.get("uses", "").partition("@")[0] for step in job["steps"]}
                    assert uses & {"actions/attest-build-provenance", "actions/deploy-pages"}, name
                    sealed = path.name == "release.yml" or "vars.SEAL == 'yes'" in job.get("if", "")
                    assert sealed or "actions/deploy-pages" in uses, (path, name)


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
