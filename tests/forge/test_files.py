"""The workflow files themselves: linted, pinned, with no logic and no permission unexplained."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.forge.runner import ROOT, load

SCAFFOLD = ROOT / "site" / "scaffold"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COPIES = sorted((SCAFFOLD / ".github" / "workflows").glob("*.yml"))
ACTIONS = [ROOT / "action.yml", ROOT / "publish" / "action.yml"]
FILES = [*WORKFLOWS, *ACTIONS]
BIN = Path(sys.executable).parent

# What a step may call. Everything else would be logic that no test of ours reaches.
CALLS = re.compile(r"(mcp-registry|make) [^\n;|&]*")
INSTALL = [
    'make --silent --directory "$GITHUB_ACTION_PATH" .venv/.runtime',
    'echo "$GITHUB_ACTION_PATH/.venv/bin" >> "$GITHUB_PATH"',
]


def steps(path: Path) -> list[dict[str, Any]]:
    content = load(path)
    jobs = content.get("jobs", {"": content.get("runs")})
    return [step for job in jobs.values() for step in job["steps"]]


def _from_top(script: str) -> list[str]:
    """The lines of a script, with the checkout's root named as in the action at its top."""
    return script.strip().replace("$GITHUB_ACTION_PATH/..", "$GITHUB_ACTION_PATH").splitlines()


def lint(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the linted files in a repository of their own: linters look for its root."""
    source: Path = request.param
    shutil.copytree(source / ".github", tmp_path / ".github")
    if source == ROOT:
        for action in ACTIONS:
            target = tmp_path / action.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            shutil.copy(action, target)
    (tmp_path / ".git").mkdir()
    return tmp_path


BOTH = pytest.mark.parametrize("copy", [ROOT, SCAFFOLD], ids=["ours", "scaffold"], indirect=True)


@BOTH
def test_zizmor_finds_nothing(copy: Path) -> None:
    done = lint(copy, "zizmor", "--offline", "--persona=pedantic", "--no-progress", ".")
    assert done.returncode == 0, done.stdout + done.stderr


@BOTH
def test_zizmor_would_find_something(copy: Path) -> None:
    """Without its exceptions it names exactly what they are about."""
    (copy / ".github" / "zizmor.yml").unlink()
    done = lint(copy, "zizmor", "--offline", "--format=plain", "--no-progress", ".")
    found = set(re.findall(r"(?:error|warning|help)\[([\w-]+)\]", done.stdout))
    exceptions = set(load(ROOT / ".github" / "zizmor.yml")["rules"])
    exceptions |= set(load(SCAFFOLD / ".github" / "zizmor.yml")["rules"])
    assert found
    assert found <= exceptions


@pytest.mark.parametrize("folder", [ROOT, SCAFFOLD], ids=["ours", "scaffold"])
def test_every_exception_is_explained(folder: Path) -> None:
    lines = (folder / ".github" / "zizmor.yml").read_text().splitlines()
    for rule in load(folder / ".github" / "zizmor.yml")["rules"]:
        after = lines[lines.index(f"  {rule}:") + 1 :]
        assert any(line.strip().startswith("#") for line in after[:5]), rule


@BOTH
def test_actionlint_finds_nothing(copy: Path) -> None:
    done = lint(copy, "actionlint", "-no-color", "-shellcheck=", "-pyflakes=")
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_would_find_something(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    target = tmp_path / ".github" / "workflows" / "check.yml"
    target.parent.mkdir(parents=True)
    text = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    target.write_text(text.replace("needs: gate", "needs: gatte"))
    assert lint(tmp_path, "actionlint", "-no-color").returncode == 1


@pytest.mark.parametrize("path", [*FILES, *COPIES], ids=lambda path: str(path.relative_to(ROOT)))
def test_actions_are_pinned_by_commit(path: Path) -> None:
    for line in path.read_text().splitlines():
        uses = re.search(r"uses: (\S+)(.*)", line)
        if uses and not line.lstrip().startswith("#") and not uses[1].startswith(("./", "static-mcp-registry/")):  # fmt: skip
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", uses[1]), line
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", uses[2]), line


def test_one_commit_for_each_action() -> None:
    pins = {
        tuple(step["uses"].split("@"))
        for path in [*FILES, *COPIES]
        for step in steps(path)
        if "@" in step.get("uses", "") and not step["uses"].startswith("static-mcp-registry/")
    }
    assert len(pins) == len({action for action, _ in pins})


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_step_is_one_call(path: Path) -> None:
    for step in steps(path):
        if "run" in step and _from_top(step["run"]) != INSTALL:
            assert CALLS.fullmatch(step["run"].strip()), step["run"]
            assert "${{" not in step["run"], "expressions go through the environment"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_given_by_job_and_explained(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    text = path.read_text()
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert "timeout-minutes" in job
    for line in re.findall(r"^      \w[\w-]*: (?:read|write).*$", text, re.MULTILINE):
        assert " # " in line, line


def test_only_the_merge_may_write_to_a_branch_and_the_gate_may_not() -> None:
    jobs = load(ROOT / ".github" / "workflows" / "check.yml")["jobs"]
    assert jobs["gate"]["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert jobs["merge"]["if"] == "vars.AUTO_MERGE == 'true'"
    ci = load(ROOT / ".github" / "workflows" / "ci.yml")
    assert {level for job in ci["jobs"].values() for level in job["permissions"].values()} == {"read"}  # fmt: skip
    assert "pull_request_target" not in ci["on"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_of_a_pull_request_is_checked_out_or_cached(path: Path) -> None:
    for step in steps(path):
        uses, given = step.get("uses", ""), step.get("with", {})
        assert not uses.startswith("actions/cache")
        assert "cache" not in given
        if uses.startswith("actions/checkout") and path.name != "ci.yml":
            assert given.get("ref", "") in ("", "${{ github.event.repository.default_branch }}")
            assert given["persist-credentials"] == "false"


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.name)
def test_scaffold_has_our_workflows(path: Path) -> None:
    """A new registry runs what we run; only where the action comes from differs."""
    ours = (ROOT / ".github" / "workflows" / path.name).read_text()
    assert path.read_text() == ours.replace("uses: ./\n", "uses: static-mcp-registry/mcp-registry@main\n")  # fmt: skip


def test_scaffold_has_every_workflow_but_the_builders_own() -> None:
    assert {path.name for path in WORKFLOWS} - {path.name for path in COPIES} == {
        "ci.yml",
        "release.yml",
    }


def test_every_path_of_the_pre_commit_hook_is_an_entry_or_beside_one() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert re.search(hook["files"], "servers/com.example/weather/1.0.0.json")
    assert re.search(hook["files"], "servers/com.example/namespace.yaml")
    assert not re.search(hook["files"], "builder/servers/x.json")
    assert hook["entry"] == "mcp-registry check"
