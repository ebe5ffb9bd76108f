"""A pull that is killed (SIGKILL) at any step leaves a true state, and the next one completes it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from builder.pull import sync
from tests.pull.cdn import fresh, site
from tests.pull.copies import held, pull
from tests.pull.life import Life, bulk, folded, mark, play, publish, thin, truth

SMALL_BATCH = 100
_CONTEXT = multiprocessing.get_context("forkserver")


def _victim(files: Path, out: Path, last: int, count: Path) -> None:
    """Pull, and die right before step `last`: a statement, or a file opened, renamed, removed."""
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect_really(*arguments, **options)
        connection.set_trace_callback(step)
        return connection

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("open", "os.rename", "os.remove") and str(out.parent) in str(arguments[0]):
            step()

    served = pickle.loads(files.read_bytes())
    sync.BATCH = SMALL_BATCH

    def fsync(descriptor: int) -> None:
        step()
        fsync_really(descriptor)

    connect_really, fsync_really = sqlite3.connect, os.fsync
    vars(sqlite3)["connect"], vars(os)["fsync"] = connect, fsync
    sys.addaudithook(hook)
    pull(fresh(served), out)
    count.write_text(str(steps))


def _run(files: Path, out: Path, last: int, count: Path) -> bool:
    """Start a victim; tell whether it was killed."""
    process = _CONTEXT.Process(target=_victim, args=(files, out, last, count))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.fixture(scope="module")
def life() -> Life:
    return play(
        [
            bulk("a", 150, 1),
            publish("com.example/a", "1.0.0", "2.0.0"),
            bulk("d", 200, 7),
            thin("a", 20, 60),
            mark("com.example/a", "2.0.0", "deleted", "Broken."),
        ]
    )


@pytest.mark.parametrize("suffix", [".db", ".jsonl"])
@pytest.mark.parametrize("had", [0, 1], ids=["from-nothing", "from-an-older-copy"])
def test_killed_at_any_step_it_goes_on(suffix: str, had: int, life: Life, tmp_path: Path) -> None:
    log, complete = life.generations[-1].events, truth(life.generations[-1])
    files, count, folder = tmp_path / "site", tmp_path / "count", tmp_path / "out"
    files.write_bytes(pickle.dumps(dict(site(life.generations[-1]))))
    out, older = folder / f"copy{suffix}", tmp_path / f"older{suffix}"
    if had:
        pull(fresh(site(life.generations[had])), older)

    def begin() -> None:
        folder.mkdir(exist_ok=True)
        for left in folder.iterdir():
            left.unlink()
        if had:
            shutil.copy(older, out)

    begin()
    assert not _run(files, out, 0, count)
    total = int(count.read_text())
    starts = len(life.generations[had].events) if had else 0
    for last in _sampled(total):
        begin()
        assert _run(files, out, last, count), f"step {last} of {total}"
        sequence, copy = held(out)
        assert starts <= sequence <= len(log)
        assert copy == folded(log[:sequence]), f"killed at step {last} of {total}"
        pull(fresh(pickle.loads(files.read_bytes())), out)
        assert held(out) == (len(log), complete)
        assert [left.name for left in folder.iterdir()] == [out.name]


def _sampled(total: int) -> list[int]:
    """Every step where there are few; of the hundreds of rows of one statement only some."""
    return sorted({*range(1, min(13, total + 1)), *range(1, total, 1 + total // 12), total})
