"""Lock files of git that a killed process has left: nobody can write what they lock until they go.

Git holds these for milliseconds, and removes none that it finds: it cannot know whose they are.
https://git-scm.com/docs/api-lockfile
"""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path

from builder.git.repository import Repository

SECONDS = 10.0
"""Locks of refs and of the index are held far shorter than this, hooks included."""


def remove(repository: Repository, names: Collection[str]) -> bool:
    """Remove the locks of these files of the git folder that are old; return whether any was."""
    # A worktree has an index and a HEAD of its own.
    folders = {repository.folder, Path(repository.repo.git_dir)}
    locks = [folder / f"{name}.lock" for folder in folders for name in names]
    return sum(map(_remove, locks)) > 0


def _remove(lock: Path) -> bool:
    try:
        if time.time() - lock.stat().st_mtime <= SECONDS:
            return False
        lock.unlink()
    except FileNotFoundError:
        return False
    return True
