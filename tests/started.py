"""Which programs a part of a test starts."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest


def noted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list to which the command of every process is added that is started from now on."""
    started: list[object] = []
    start: Any = subprocess.Popen.__init__

    def noting(self: Any, command: object, *arguments: Any, **options: Any) -> None:
        started.append(command)
        start(self, command, *arguments, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", noting)
    return started
