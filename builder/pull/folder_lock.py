"""One run at a time writes to the copies of a folder; whoever comes second waits as long as a disk takes."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from builder.model.errors import RegistryError


class FolderLock:
    """A lock on a folder itself, so that it leaves no file behind; its holder may take it again.

    It is never held while a network is waited for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1
        self._depth = 0

    def __enter__(self) -> None:
        """Wait for the lock; RegistryError if there is no such folder."""
        if self._depth == 0:
            try:
                self._descriptor = os.open(self._folder, os.O_RDONLY)
            except OSError as error:
                raise RegistryError(f"cannot write to {self._folder}: {error.strerror}") from error
            with suppress(OSError):  # a network file system that knows no locks
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let others in."""
        self._depth -= 1
        if self._depth == 0:
            os.close(self._descriptor)


def changed_meanwhile() -> RegistryError:
    """Return what is told to a run that another one of the same copy has overtaken."""
    return RegistryError(
        "another pull has changed this copy meanwhile",
        help="nothing of this one was stored: pull again",
    )
