"""Long work shows itself: lines where there is no terminal, nothing when it is short."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from builder.runtime import progress
from builder.runtime.progress import Progress

LONG_WORK = """
import time
from builder.runtime.progress import Progress
with Progress(show=True).stage("pages", 3) as advance:
    for _ in range(3):
        time.sleep(0.5)
        advance(1)
"""


def test_short_work_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Progress(show=True)
    with shown.stage("read") as advance:
        advance(3)
    assert capsys.readouterr() == ("", "")
    assert [(name, done) for name, _, done in shown.stages] == [("read", 3)]


def test_lines_have_time_and_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_FIRST", 0.0)
    with Progress(show=True).stage("pages", 2_000) as advance:
        advance(1_500)
    assert capsys.readouterr().err.splitlines() == ["pages: 1,500 of 2,000, 0 s", "pages: 0.0 s"]


def test_a_terminal_gets_a_bar() -> None:
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    subprocess.run([sys.executable, "-c", LONG_WORK], stderr=slave, env=environment, check=True)
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "pages" in shown and "3/3" in shown and "━" in shown


def test_a_table_has_a_line_for_each_stage() -> None:
    done = Progress(stages=[("read", 1.0, 0), ("pages", 3.0, 1_200)])
    assert done.seconds == 4.0
    assert [line.split() for line in done.table().splitlines()] == [
        ["1.00", "s", "25.0%", "read"],
        ["3.00", "s", "75.0%", "pages", "(1,200)"],
    ]
