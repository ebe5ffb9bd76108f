"""Files of a site that were damaged: what a build reuses is never older than what it knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builder import cli
from tests.faults.test_full_disk import files
from tests.registry import Registry, entry_file

PAGE = "servers/com.example/weather/index.html"


def replace(path: Path) -> None:
    path.unlink()
    path.write_text("defaced")


def overwrite(path: Path) -> None:
    path.write_text("defaced")


def remove(path: Path) -> None:
    path.unlink()


def link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


DAMAGES = [replace, overwrite, remove, link]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    registry.commit({**entry_file(), **entry_file("com.example/other")})
    return registry


def build(registry: Registry, *options: str) -> None:
    assert cli.run(["build", "--root", str(registry.root), "--jobs", "1", *options]) == 0


def truth(registry: Registry, folder: Path) -> object:
    build(registry, "--out", str(folder))
    return files(folder)


@pytest.mark.parametrize("option", ["--clean", "--verify"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_does_not_come_back(
    option: str, damage: Callable[[Path], None], registry: Registry, tmp_path: Path
) -> None:
    out = registry.root / "public"
    for version in ("2.0.0", "3.0.0"):  # until there is a spare tree
        build(registry)
        registry.commit(entry_file("com.example/other", version))
    build(registry)
    damage(out / PAGE)
    build(registry, option)
    for number in range(3):
        assert files(out) == truth(registry, tmp_path / f"truth{number}")
        registry.commit(entry_file("com.example/other", f"4.{number}.0"))
        build(registry)


def test_verify_says_what_it_found_and_leaves_a_whole_site_alone(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    build(registry)
    inode = (registry.root / "public").stat().st_ino
    build(registry, "--verify")
    assert "warning" not in capsys.readouterr().err
    assert (registry.root / "public").stat().st_ino == inode
    overwrite(registry.root / "public" / PAGE)
    build(registry, "--verify", "--quiet")
    assert "is not as it was built" in capsys.readouterr().err
