"""The CI files of GitLab and Forgejo: they call commands that exist, and run nothing of a request."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder import cli
from builder.model import config
from tests.forge.runner import ROOT

SCAFFOLD = ROOT / "site" / "scaffold"
GITLAB = SCAFFOLD / ".gitlab-ci.yml"
FORGEJO = sorted((SCAFFOLD / ".forgejo" / "workflows").glob("*.yml"))


def commands(value: Any) -> Iterator[str]:
    """Every line that is run."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("run", "script", "before_script"):
                yield from "\n".join(inner if isinstance(inner, list) else [inner]).splitlines()
            else:
                yield from commands(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from commands(inner)


@pytest.mark.parametrize("path", [GITLAB, *FORGEJO], ids=lambda path: path.name)
def test_every_command_exists_with_its_options(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for line in commands(yaml.safe_load(path.read_text())) if line.startswith("mcp-registry")]  # fmt: skip
    assert lines
    for line in lines:
        words = shlex.split(line)[1:]
        names = [word for word in words[:2] if re.fullmatch(r"[a-z-]+", word) and word[0] != "-"]
        path_of = names if names[0] == "pull-request" else names[:1]
        assert cli.run([*path_of, "--help"]) == 0, line
        text = capsys.readouterr().out
        assert all(word in text for word in words if word.startswith("--")), line


@pytest.mark.parametrize("path", [GITLAB, *FORGEJO], ids=lambda path: path.name)
def test_no_command_holds_what_somebody_else_wrote(path: Path) -> None:
    for line in commands(yaml.safe_load(path.read_text())):
        assert "${{" not in line, "expressions go through the environment"
        assert "$CI_MERGE_REQUEST" not in line
        assert "$CI_COMMIT_MESSAGE" not in line


def test_gitlab_runs_only_what_the_published_branch_says() -> None:
    rules = yaml.safe_load(GITLAB.read_text())["workflow"]["rules"]
    assert all("$CI_DEFAULT_BRANCH" in rule["if"] for rule in rules)
    assert "merge_request_event" not in GITLAB.read_text()


def test_forgejo_runs_the_base_branchs_gate() -> None:
    check = next(path for path in FORGEJO if path.name == "check.yml").read_text()
    assert "pull_request_target:" in check
    assert "head.sha" not in check
    assert "head.ref" not in check


@pytest.mark.parametrize(
    ("ci", "present"),
    [
        ("github", ".github/workflows/check.yml"),
        ("gitlab", ".gitlab-ci.yml"),
        ("forgejo", ".forgejo/workflows/check.yml"),
        ("none", "registry.yaml"),
    ],
)
def test_init_writes_the_files_of_one_forge(ci: str, present: str, tmp_path: Path) -> None:
    assert cli.run(["init", str(tmp_path / "new"), "--ci", ci]) == 0
    assert (tmp_path / "new" / present).is_file()
    names = {path.name for path in (tmp_path / "new").iterdir()}
    own = {"github": ".github", "gitlab": ".gitlab-ci.yml", "forgejo": ".forgejo"}.get(ci)
    assert names & {".github", ".gitlab-ci.yml", ".forgejo"} == ({own} if own else set())
    assert "{%" not in (tmp_path / "new" / "README.md").read_text()
    host = {"gitlab": "gitlab-pages", "forgejo": "codeberg-pages"}.get(ci, "github-pages")
    assert config.parse((tmp_path / "new" / "registry.yaml").read_bytes()).hosts == (host,)


@pytest.mark.parametrize(
    ("remote", "file"),
    [("git@gitlab.com:example/registry.git", ".gitlab-ci.yml"), ("https://codeberg.org/example/registry", ".forgejo")],
)  # fmt: skip
def test_init_in_a_clone_follows_its_remote(remote: str, file: str, tmp_path: Path) -> None:
    import subprocess

    folder = tmp_path / "new"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", remote], check=True)
    assert cli.run(["init", str(folder)]) == 0
    assert (folder / file).exists()
