"""Same commit, same bytes: whatever the folder, time zone, locale, hash seed and processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder.mirror import apply
from builder.mirror.intake import Intake
from tests.data import dump
from tests.registry import Registry, entry_file

ODD = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "C",
    "PYTHONHASHSEED": "7",
    "COLUMNS": "40",
}
USUAL = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "1"}


def build(root: Path, out: Path, environment: dict[str, str], *options: str) -> None:
    command = [
        sys.executable,
        "-m",
        "builder",
        "build",
        "--root",
        str(root),
        "--out",
        str(out),
        *options,
    ]
    subprocess.run(
        command, check=True, env={**os.environ, **environment}, cwd=out.parent, capture_output=True
    )


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry with a slice of the real data, own servers, status changes and a moderation."""
    registry = Registry(tmp_path_factory.mktemp("real") / "registry")
    for date in ("2025-11-27", "2025-12-12"):
        apply.apply(
            registry.root,
            "https://upstream.example",
            dump(date)[::9],
            Intake(),
            complete=True,
        )
        registry.commit({})
    registry.commit(
        {**entry_file(), **entry_file(version="1.1.0"), **entry_file("com.example/other")}
    )
    registry.commit(
        {
            "servers/com.example/weather/status.yaml": '"1.0.0": {status: deprecated, message: Use 1.1.0}\n'
        }
    )
    registry.commit({"servers/com.example/other/1.0.0.json": None})
    return registry


def test_builds_in_different_surroundings_are_identical(real: Registry, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "else where" / "twö"
    two.parent.mkdir()
    build(real.root, one, USUAL, "--jobs", "1")
    build(real.root, two, ODD, "--jobs", "3")
    assert digests(one) == digests(two)
    assert (one / "index.json").is_file()


def test_a_fresh_clone_builds_the_same(real: Registry, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", real.root, clone], check=True)
    build(real.root, tmp_path / "one", USUAL)
    build(clone, tmp_path / "two", ODD)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_no_machine_path_and_no_clock_is_published(real: Registry, tmp_path: Path) -> None:
    build(real.root, tmp_path / "out", USUAL)
    needles = [str(real.root).encode(), str(Path.cwd()).encode(), b"T00:00:00+14:00"]
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert not [needle for needle in needles if needle in body], path
