"""What git refused, as errors of one line."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING

from builder.model.errors import RegistryError, RepositoryError

if TYPE_CHECKING:
    from git.exc import GitCommandError

_SAYS_WHY = re.compile(r"(?:stderr: ')?(?:fatal|error): ")
_NOT_OURS = re.compile(r"dubious ownership in repository at '([^']+)'")
_IS_DAMAGED = re.compile(r"corrupt|object file \S+ is empty|unable to read|bad object|inflate")
_DAMAGED = "the repository is damaged: git fsck lists what is wrong, and a new clone has all of it"


def refusal(error: Exception) -> RegistryError | None:
    """Return what git refused, in its own words; None if `error` is not about that.

    Raises KeyboardInterrupt if git was interrupted: Ctrl-C reaches it as well, and maybe first.
    """
    exceptions = sys.modules.get("git.exc")  # not imported here: `--help` does not need it
    if exceptions is None or not isinstance(error, exceptions.GitCommandError):
        return None
    if error.status == -signal.SIGINT:
        raise KeyboardInterrupt from error
    words = re.sub(r"^\s*std(?:err|out): '|'\s*$", "", error.stderr or error.stdout).strip()
    return RegistryError(f"git: {words or f'exit code {error.status}'}", help=_help(words))


def failure(command: str, error: GitCommandError) -> RepositoryError:
    """Return the error that a git command failed, with the line of what git printed that says why."""
    words = str(error.stderr)
    lines = words.strip(" '\n").splitlines()
    why = next((line for line in lines if _SAYS_WHY.match(line)), lines[-1] if lines else "")
    why = why.removeprefix("stderr: '").strip()
    return RepositoryError(f"git {command}: {why or error.status}", help=_help(words))


def missing(id: str, state: str = "missing") -> RepositoryError:
    """Return the error that the repository lacks an object; `state` is git's word for how it does."""
    return RepositoryError(f"git object {id} is {state}", help=_DAMAGED)


def _help(words: str) -> str:
    if owned := _NOT_OURS.search(words):
        return f"if you trust what is in it: git config --global --add safe.directory {owned[1]}"
    return _DAMAGED if _IS_DAMAGED.search(words) else ""
