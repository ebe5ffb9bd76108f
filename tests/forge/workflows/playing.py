"""Workflow files played from their event to their end, with local git as GitHub and a local API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.forge.github_server import GitHubServer
from tests.forge.runner import ROOT, Job, Runner
from tests.registry import entry_file

WORKFLOWS = ROOT / ".github" / "workflows"
BIN = Path(sys.executable).parent
MERGING = {"AUTO_MERGE": "true"}
ALICE = 583231


def script(path: Path, body: str) -> None:
    """Write a shell script that can be run."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def log(job: Job) -> str:
    """What a job printed, for the message of an assertion."""
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
