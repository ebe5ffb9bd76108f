"""Watch which programs this process starts while something runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_watched: list[list[str]] = []
_hooked = False


@contextmanager
def programs() -> Iterator[list[str]]:
    """Collect the command line of every program that is started meanwhile, as one string each."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    started: list[str] = []
    _watched.append(started)
    try:
        yield started
    finally:
        _watched.remove(started)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched:
        return
    if event == "subprocess.Popen":
        given = arguments[1]
        line = given if isinstance(given, str) else " ".join(map(os.fsdecode, given))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "pty.spawn"):
        line = f"{event} {arguments}"
    else:
        return
    for started in _watched:
        started.append(line)
