"""What git refused, as errors of one line."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING

from builder.model.errors import RegistryError, RepositoryError

if TYPE_CHECKING:
    from git.exc import GitCommandError


def refusal(error: Exception) -> RegistryError | None:
    """Return what git refused, in its own words; None if `error` is not about that.

    Raises KeyboardInterrupt if git was interrupted: Ctrl-C reaches it as well, and maybe first.
    """
    exceptions = sys.modules.get("git.exc")  # not imported here: `--help` does not need it
    if exceptions is None or not isinstance(error, exceptions.GitCommandError):
        return None
    if error.status == -signal.SIGINT:
        raise KeyboardInterrupt from error
    words = re.sub(r"^\s*std(?:err|out): '|'\s*$", "", error.stderr or error.stdout)
    return RegistryError(f"git: {words.strip() or f'exit code {error.status}'}")


def failure(command: str, error: GitCommandError) -> RepositoryError:
    """Return the error that a git command failed, with the last line of what git printed."""
    lines = str(error.stderr).strip(" '\n").splitlines()
    return RepositoryError(f"git {command}: {lines[-1] if lines else error.status}")
