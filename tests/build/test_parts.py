"""Parts made by processes of their own become byte for byte the site of one machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builder import cli
from tests.build import trees
from tests.registry import Registry, entry_file


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """More servers than one run makes the pages of."""
    made = Registry(tmp_path_factory.mktemp("registry"))
    files = [entry_file(f"com.example{number % 7}/server{number}") for number in range(70)]
    made.commit({path: text for file in files for path, text in file.items()})
    return made


@pytest.fixture(scope="module")
def parts(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both parts of the site, made at once by two processes."""
    folder = tmp_path_factory.mktemp("parts")
    command = [sys.executable, "-m", "builder", "build", "--jobs", "1", "-q"]
    started = [
        subprocess.Popen(
            [
                *command,
                "--root",
                registry.root,
                "--part",
                f"{k}/2",
                "--archive",
                folder / f"{k}.tar",
            ]
        )
        for k in (1, 2)
    ]
    assert [process.wait() for process in started] == [0, 0]
    return folder


def join(registry: Registry, parts: Path, *options: str) -> int:
    """Run build --join."""
    return cli.run(["build", "--root", str(registry.root), "--join", str(parts), *options])


def test_joined_parts_are_the_archive_of_one_machine(
    registry: Registry, parts: Path, tmp_path: Path
) -> None:
    one, joined = tmp_path / "one.tar", tmp_path / "joined.tar"
    options = ["--root", str(registry.root), "--archive", str(one), "--jobs", "1"]
    assert cli.run(["build", *options]) == 0
    assert join(registry, parts, "--archive", str(joined)) == 0
    assert joined.read_bytes() == one.read_bytes()


def test_joined_parts_are_the_folder_of_one_machine_and_builds_go_on_from_it(
    registry: Registry, parts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    assert join(registry, parts, "--out", str(out)) == 0
    assert trees.read(out) == trees.clean(registry.repository)
    options = ["--root", str(registry.root), "--out", str(out), "--jobs", "1"]
    assert cli.run(["build", *options]) == 0
    assert trees.read(out) == trees.clean(registry.repository)


def test_a_part_that_is_missing_cut_off_or_of_another_site_is_refused(
    registry: Registry, parts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "parts", tmp_path / "joined.tar"
    folder.mkdir()
    assert join(registry, folder, "--archive", str(out)) == 2
    shutil.copy(parts / "1.tar", folder)
    assert join(registry, folder, "--archive", str(out)) == 2
    assert "part 2 of 2 is missing" in capsys.readouterr().err
    (folder / "2.tar").write_bytes(b"no part")
    assert join(registry, folder, "--archive", str(out)) == 2
    other = ["--root", str(registry.root), "--rev", "HEAD~1", "--jobs", "1", "-q"]
    assert cli.run(["build", *other, "--part", "2/2", "--archive", str(folder / "2.tar")]) == 0
    assert join(registry, folder, "--archive", str(out)) == 2
    assert "not parts of one site: they differ in commit" in capsys.readouterr().err
    shutil.copy(parts / "1.tar", folder / "2.tar")
    assert join(registry, folder, "--archive", str(out)) == 2
    assert "are both part 1 of 2" in capsys.readouterr().err
    assert not out.exists()


def _without_a_run(part: bytes) -> bytes:
    start = part.index(b".mcp-registry/run.json")
    following = part.index(b".mcp-registry/run.json", start + 1)
    return part[:start] + part[following:]


def _altered(at: float) -> Callable[[bytes], bytes]:
    def alter(part: bytes) -> bytes:
        place = int(len(part) * at)
        return part[:place] + bytes([part[place] ^ 1]) + part[place + 1 :]

    return alter


@pytest.mark.parametrize(
    "damage",
    [
        _without_a_run,
        lambda part: part[:-5_000],
        lambda part: part + b"more",
        *map(_altered, (0.01, 0.5, 0.99)),
    ],
)
def test_a_part_that_is_not_what_was_written_is_never_joined(
    damage: Callable[[bytes], bytes],
    registry: Registry,
    parts: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = tmp_path / "parts", tmp_path / "joined"
    shutil.copytree(parts, folder)
    (folder / "2.tar").write_bytes(damage((parts / "2.tar").read_bytes()))
    assert join(registry, folder, "--out", str(out)) == 2
    assert "2.tar is damaged or was cut off" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "a/b"])
def test_a_part_that_there_is_not_is_a_usage_error(registry: Registry, part: str) -> None:
    options = ["--root", str(registry.root), "--archive", "x.tar"]
    assert cli.run(["build", *options, "--part", part]) == 2
