"""What "How to add something" says, done to the letter in a copy of the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

PAGE = ROOT / "site/docs/contributing.md"
BLOCKS = dict(
    re.findall(r'^```sh title="([^"]+)"\n(.*?)^```$', PAGE.read_text(), re.MULTILINE | re.DOTALL)
)
COPIED = ("builder", "site", "schema", "tests", "benchmarks", "requirements")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a developer edits, with the environment of this one."""
    copy = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("golden-site")
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("pyproject.toml", "Makefile", "README.md", "registry.yaml"):
        shutil.copy2(ROOT / name, copy / name)
    # What the type checker knows of unchanged modules: without it, a check takes a minute.
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
    for name in ("node_modules", "servers"):
        (copy / name).symlink_to(ROOT / name)
    _environment(copy / ".venv")
    return copy


def _environment(folder: Path) -> None:
    """Make an environment that has what this one has, and that make takes for up to date.

    A mere link to this one would let `make` install the copy into it.
    """
    folder.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / name).symlink_to(ROOT / ".venv" / name)
    for stamp in (".dev", ".runtime"):
        (folder / stamp).touch()


@pytest.mark.parametrize("title", BLOCKS)
def test_what_the_page_shows_adds_it(title: str, checkout: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    environment = {name: value for name, value in environment.items() if "PYTEST" not in name}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", BLOCKS[title]],
        cwd=checkout,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_page_shows_how_to_add_four_things() -> None:
    assert set(BLOCKS) == {"A rule", "A client", "A host", "A page"}
