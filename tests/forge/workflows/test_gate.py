"""check.yml and recheck.yml: from a push to verdict, comment, label and merge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.forge.github_server import GitHubServer
from tests.forge.runner import ROOT, Runner, load
from tests.forge.workflows.playing import (
    MERGING,
    WORKFLOWS,
    check,
    log,
    proposal,
    publication,
)
from tests.registry import CONFIG

WAITING = CONFIG + "policy:\n  new_namespace_hours: 72\n"


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


class TestRecheck:
    def test_starts_the_check_again(self, hub: GitHubServer, runner: Runner) -> None:
        head = hub.git.git("rev-parse", "HEAD")
        hub.open(head, labels=[{"name": "gate: accept"}])
        assert runner.run(WORKFLOWS / "recheck.yml", "schedule", {})["recheck"].result == "skipped"
        runner.variables = MERGING
        job = runner.run(WORKFLOWS / "recheck.yml", "schedule", {})["recheck"]
        assert job.result == "success", log(job)
        assert hub.dispatched == [("check.yml", {"ref": "main", "inputs": {"pull-request": "1"}})]
