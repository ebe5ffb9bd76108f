"""The builder's fingerprint covers all of its files, in whatever folder they stand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT = "from builder.catalogue import fingerprint; print(fingerprint.builder())"


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy of the builder, its templates and its schemas."""
    for name in ("builder", "site", "schema"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    return tmp_path


TWICE = f"""{PRINT}
from pathlib import Path
with Path("site/templates/base.html").open("a") as file:
    file.write(" ")
print(fingerprint.builder())"""


def fingerprint_of(installation: Path, script: str = PRINT) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installation), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, env=environment, cwd=installation, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize(
    "edited",
    [
        "builder/pages/html/row.py",
        "builder/install/clients.py",
        "builder/__init__.py",
        "site/templates/base.html",
    ],
)
def test_an_edit_anywhere_changes_the_fingerprint(installation: Path, edited: str) -> None:
    before = fingerprint_of(installation)
    assert fingerprint_of(installation) == before
    path = installation / edited
    path.write_text(path.read_text() + "\n")
    assert fingerprint_of(installation) != before


def test_a_process_that_stays_notices_an_edit(installation: Path) -> None:
    before, after = fingerprint_of(installation, TWICE).split()
    assert before != after
