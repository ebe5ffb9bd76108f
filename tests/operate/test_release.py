"""A release of the builder is a function of its commit, and its bill of materials says what is in it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from builder import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make release` makes; it fails unless it makes the same valid bytes twice."""
    out = tmp_path_factory.mktemp("release") / "dist"
    # What the tests run in is there already.
    command = ["make", "--silent", "-o", ".venv/.dev", "release", f"DIST={out}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def bill(dist: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((dist / "sbom.cdx.json").read_bytes())
    return value


def test_wheel_and_sdist_have_what_a_build_needs(dist: Path) -> None:
    name = f"static_mcp_registry-{__version__}"
    needed = ("builder/cli.py", "site/assets/verify.js", "README.md")
    with zipfile.ZipFile(dist / f"{name}-py3-none-any.whl") as wheel:
        inside = set(wheel.namelist())
        assert {"builder/cli.py", "builder/site/assets/verify.js"} <= inside
        assert any(path.startswith("builder/schema/") for path in inside)
        assert not any(path.startswith("tests/") for path in inside)
    with tarfile.open(dist / f"{name}.tar.gz") as sdist:
        inside = set(sdist.getnames())
        assert {f"{name}/{path}" for path in needed} <= inside


def test_the_bill_of_materials_names_the_release_and_every_locked_package(dist: Path) -> None:
    made = bill(dist)
    root = made["metadata"]["component"]
    assert (root["name"], root["version"]) == ("static-mcp-registry", __version__)
    files = {row["url"]: row["hashes"][0]["content"] for row in root["externalReferences"]}
    for path in dist.glob("*-*"):
        assert files[path.name] == hashlib.sha256(path.read_bytes()).hexdigest()
    lines = (ROOT / "requirements/runtime.txt").read_text().splitlines()
    locked = {line.partition("==")[0] for line in lines if "==" in line}
    assert {part["name"] for part in made["components"]} == locked
    (direct,) = (row for row in made["dependencies"] if row["ref"] == root["bom-ref"])
    assert len(direct["dependsOn"]) > 20
