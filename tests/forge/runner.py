"""Plays a workflow file: its own steps, conditions and expressions, in a clone on this machine.

Actions of others are replaced by what they amount to here; composite actions of ours are played
from action.yml. Only the expressions that the workflows use are understood: any other is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from tests.forge.expressions import evaluate, fill
from tests.forge.github_server import REPOSITORY, TOKEN, GitHubServer

ROOT = Path(__file__).parents[2]
OURS = ("./", "static-mcp-registry/mcp-registry")
ADDED_SINCE = {"SUCCESS": "success", "FAILURE": "failure", "SKIPPED": "skipped"}


@dataclass
class Job:
    """What came of a job: its result, and what each step printed."""

    result: str
    permissions: Mapping[str, str]
    log: list[str] = field(default_factory=list)


@dataclass
class Runner:
    """GitHub Actions for one repository. `commands` is a folder at the front of PATH."""

    hub: GitHubServer
    folder: Path
    commands: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    published: Path | None = None
    runs: int = 0

    def run(self, file: Path, event_name: str, event: Mapping[str, Any]) -> dict[str, Job]:
        """Run a workflow file for an event; give its jobs by id."""
        workflow = load(file)
        jobs: dict[str, Job] = {}
        for name, job in workflow["jobs"].items():
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            context = self._context(event_name, event)
            context["needs"] = {need: {"result": jobs[need].result} for need in needs}
            condition = job.get("if", "true")
            # As in GitHub: without a status function a job runs only after success.
            ready = all(jobs[need].result == "success" for need in needs) or "()" in condition
            if ready and evaluate(condition, context, failed=False):
                jobs[name] = self._each(job, workflow.get("permissions", {}), context)
            else:
                jobs[name] = Job("skipped", {})
        return jobs

    def _each(self, job: Mapping[str, Any], top: Mapping[str, str], context: dict[str, Any]) -> Job:
        """Run a job once, or for each value of its matrix; what they print comes together."""
        made = []
        for number, values in enumerate(_matrix(job)):
            self.runs += 1
            own = {"matrix": values, "strategy": {"job-index": number}, "steps": {}}
            made.append(self._job(job, top, {**context, **own}))
        failed = [one.result for one in made if one.result != "success"]
        result = failed[0] if failed else "success"
        return Job(result, made[0].permissions, [text for one in made for text in one.log])

    def _context(self, event_name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        repository = {"default_branch": "main", "full_name": REPOSITORY}
        return {
            "github": {
                "event_name": event_name,
                "event": {"repository": repository, **event},
                "token": TOKEN,
                "ref": "refs/heads/main",
            },
            "inputs": event.get("inputs", {}),
            "vars": self.variables,
            "secrets": self.secrets,
            "steps": {},
        }

    def _job(self, job: Mapping[str, Any], top: Mapping[str, str], context: dict[str, Any]) -> Job:
        here = self.folder / f"run-{self.runs}"
        for name in ("workspace", "temp"):
            (here / name).mkdir(parents=True)
        (here / "event.json").write_text(_json(context["github"]["event"]))
        done = Job("success", job.get("permissions", top))
        for step in _steps(job["steps"], context):
            self._step(step, done, here)
        return done

    def _step(self, step: Step, done: Job, here: Path) -> None:
        failed = done.result == "failure"
        if not evaluate(step.spec.get("if", "success()"), step.context, failed=failed):
            return
        if "uses" in step.spec:
            action = step.spec["uses"].partition("@")[0]
            given = {
                key: fill(str(value), step.context)
                for key, value in step.spec.get("with", {}).items()
            }
            _ACTIONS[action](self, given, here)
            return
        code, output, printed = self._shell(step, here)
        done.log.append(printed)
        if "id" in step.spec:
            step.context["steps"][step.spec["id"]] = {"outputs": output}
        if code:
            done.result = "failure"

    def _shell(self, step: Step, here: Path) -> tuple[int, dict[str, str], str]:
        files = {name: here / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}  # fmt: skip
        for file in files.values():
            file.touch()
        files["GITHUB_OUTPUT"].write_text("")
        added = files["GITHUB_PATH"].read_text().split()
        environment = {
            "PATH": os.pathsep.join([str(self.commands), *reversed(added), os.environ["PATH"]]),
            "HOME": str(here),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.hub.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_PATH": str(here / "event.json"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(here / "temp"),
            **{name: str(file) for name, file in files.items()},
            **{
                key: fill(str(value), step.context)
                for key, value in step.spec.get("env", {}).items()
            },
        }
        done = subprocess.run(
            [
                "bash",
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                fill(step.spec["run"], step.context),
            ],
            cwd=here / "workspace",
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        pairs = (line.partition("=") for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        return done.returncode, {key: value for key, _, value in pairs}, done.stdout

    def checkout(self, given: Mapping[str, str], here: Path) -> None:
        """actions/checkout: a clone of a branch, without credentials, full or shallow."""
        assert given["persist-credentials"] == "false"
        depth = () if given.get("fetch-depth") == "0" else ("--depth=1", "--no-single-branch")
        branch = given.get("ref", "main")
        url = f"file://{self.hub.git.root}"
        self.hub.git.git("clone", "--quiet", *depth, f"--branch={branch}", url, str(here / "workspace"))  # fmt: skip

    def keep(self, given: Mapping[str, str], here: Path) -> None:
        """actions/upload-artifact: of files, or of a folder and what is hidden in it if that is asked for."""
        goal, workspace = self.folder / given["name"], here / "workspace"
        if (workspace / given["path"]).is_dir():
            assert given["include-hidden-files"] == "true"
            shutil.copytree(workspace / given["path"], goal)
            return
        goal.mkdir()
        for file in workspace.glob(given["path"]):
            shutil.copy(file, goal)

    def bring(self, given: Mapping[str, str], here: Path) -> None:
        """actions/download-artifact: one by its name, or those of a pattern, each in its own folder."""
        goal = here / "workspace" / given["path"]
        if "name" in given:
            shutil.copytree(self.folder / given["name"], goal)
        for kept in self.folder.glob(given["pattern"]) if "pattern" in given else ():
            shutil.copytree(kept, goal / kept.name)

    def upload(self, given: Mapping[str, str], here: Path) -> None:
        """actions/upload-pages-artifact."""
        assert given["include-hidden-files"] == "true"
        shutil.copytree(here / "workspace" / given["path"], here / "temp" / "artifact")
        self.published = here / "temp" / "artifact"


@dataclass
class Step:
    spec: Mapping[str, Any]
    context: dict[str, Any]


def _nothing(runner: Runner, given: Mapping[str, str], here: Path) -> None:
    pass


_ACTIONS: dict[str, Callable[[Runner, Mapping[str, str], Path], None]] = {
    "actions/checkout": Runner.checkout,
    "actions/setup-python": _nothing,
    "actions/upload-artifact": Runner.keep,
    "actions/download-artifact": Runner.bring,
    "actions/attest-build-provenance": _nothing,
    "actions/upload-pages-artifact": Runner.upload,
    "actions/deploy-pages": _nothing,
}


def _steps(specs: list[Mapping[str, Any]], context: dict[str, Any]) -> Iterator[Step]:
    for spec in specs:
        if str(spec.get("uses", "")).partition("@")[0] not in OURS:
            yield Step(spec, context)
            continue
        action = load(ROOT / "action.yml")
        inputs = {
            name: fill(str(spec.get("with", {}).get(name, about.get("default", ""))), context)
            for name, about in action["inputs"].items()
        }
        assert set(spec.get("with", {})) <= set(inputs)
        inside = {**context, "inputs": inputs, "steps": {}}
        yield from _steps(action["runs"]["steps"], inside)


def _matrix(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the combinations of a job's matrix; one of nothing where it has none."""
    axes = job.get("strategy", {}).get("matrix", {})
    for values in product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def load(path: Path) -> dict[str, Any]:
    # Scalars as strings: YAML 1.1 would read the key `on` as a truth value.
    loaded = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


def _json(value: object) -> str:
    import json

    return json.dumps(value)
