"""Files that are replaced whole: a reader sees the old content or the new, never a part."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_FRESH = re.compile(r"([1-9][0-9]{0,9})(?:-journal|-wal|-shm)?")
"""How the name of a file ends that grows: with its process, and of a database what SQLite puts beside it."""


def write(path: Path, data: bytes, *, scratch: Path | None = None) -> None:
    """Write a file at once; OSError if the file system refuses, then it is as it was."""
    with replacing(path, scratch=scratch) as file:
        file.write(data)


@contextmanager
def replacing(
    path: Path, *, durable: bool = False, scratch: Path | None = None
) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of `path` when the block ends, unless it raises.

    It grows in the folder `scratch` of the same file system, without one where `path` is.
    With `durable` its content is on the disk by then: a power cut leaves the one or the other.
    """
    fresh = (scratch or path.parent) / f"{_prefix(path)}{os.getpid()}"
    try:
        with fresh.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def remove_abandoned(path: Path) -> None:
    """Remove what killed processes left of files that were to take the place of `path`.

    Not what a running process writes, nor what only begins with the same name: a lock, a folder.
    """
    for found in path.parent.glob(f"{glob.escape(_prefix(path))}*"):
        match = _FRESH.fullmatch(found.name, len(_prefix(path)))
        if match and not _is_another(int(match[1])):
            found.unlink(missing_ok=True)


def _is_another(process: int) -> bool:
    """Return whether a number is that of a running process that is not this one."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _prefix(path: Path) -> str:
    return f".{path.name}-"
