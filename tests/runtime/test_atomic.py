"""What is removed of files that were to take another's place: what the dead left, nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from builder import cli
from builder.runtime import atomic
from tests.registry import Registry, entry_file


def dead_process() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_only_what_the_dead_left_of_this_very_file_is_removed(tmp_path: Path) -> None:
    dead, running, target = dead_process(), os.getppid(), tmp_path / "site"
    stays = {
        f".site-{running}",
        ".site-lock",
        ".site-next",
        f".site-old.tar-{dead}",
        f".sites-{dead}",
    }
    stays |= {f".site-{running}-wal", ".site-0", ".site-", f".site-{dead}.json"}
    goes = {f".site-{dead}", f".site-{dead}-wal", f".site-{os.getpid()}"}
    for name in stays | goes:
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / ".site-cache").mkdir()
    atomic.remove_abandoned(target)
    assert {path.name for path in tmp_path.iterdir()} == stays | {".site-cache"}


def test_an_archive_and_a_folder_of_one_name_leave_each_other_alone(tmp_path: Path) -> None:
    """`.site-cache`, `.site-lock` and the like are the folder's: nothing that an archive left."""
    registry = Registry(tmp_path / "registry")
    registry.commit(entry_file())
    out, own = tmp_path / "site", ["build", "--root", str(registry.root), "--jobs", "1", "--quiet"]
    assert cli.run([*own, "--out", str(out)]) == 0
    out.rename(tmp_path / "moved")
    before = {path.name for path in tmp_path.glob(".site-*")}
    assert cli.run([*own, "--archive", str(out)]) == 0
    assert out.is_file() and before <= {path.name for path in tmp_path.glob(".site-*")}
