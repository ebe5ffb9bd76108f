"""Run a command in a process of its own that dies at a step, or finds the disk full."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_WRITING = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link")


def _take(environment: Mapping[str, str]) -> None:
    """Take the environment of the test: the server from which all are forked has an older one."""
    os.environ.clear()
    os.environ.update(environment)


def _victim(
    environment: Mapping[str, str], arguments: list[str], folder: str, last: int, count: Path
) -> None:
    from builder import cli

    _take(environment)
    steps = 0

    def hook(event: str, values: tuple[Any, ...]) -> None:
        nonlocal steps
        writes = event in _WRITING or (event == "open" and bool(values[2] & os.O_CREAT))
        if writes and str(values[0]).startswith(folder):
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    code = cli.run(arguments)
    count.write_text(str(steps))
    os._exit(code)


def _cramped(
    environment: Mapping[str, str], arguments: list[str], limit: int, pipe: Connection
) -> None:
    from builder import cli

    _take(environment)
    # Not a file: that would be bounded as well.
    sys.stderr = os.fdopen(os.dup(pipe.fileno()), "w", buffering=1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    code = cli.run(arguments)
    sys.stderr.flush()
    os._exit(code)


def _run(target: Callable[..., None], *arguments: object) -> int:
    process = _CONTEXT.Process(target=target, args=(dict(os.environ), *arguments))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def killed_at(step: int, arguments: Sequence[str], folder: Path, scratch: Path) -> int | None:
    """Kill a command right before its step-th write below a folder.

    None if it was killed, else how many steps there are (0 kills it never).
    """
    count = scratch / "count"
    code = _run(_victim, list(arguments), str(folder), step, count)
    assert code in (0, -signal.SIGKILL), code
    return None if code else int(count.read_text())


def with_small_files(limit: int, arguments: Sequence[str]) -> tuple[int, str]:
    """Run a command where no file can have more than `limit` bytes; its exit code and stderr.

    What a full disk does to a write (a part of it is done, then an error), without a disk. Git
    is bounded as well.
    """
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    with ours:
        with theirs:
            code = _run(_cramped, list(arguments), limit, theirs)
        with os.fdopen(os.dup(ours.fileno()), "rb") as file:
            return code, file.read().decode()
