"""A repository as a hook sees it while something is pushed: with the objects that are not in it yet.

Git keeps what is pushed apart until the hook has allowed it, and says in variables where.
https://git-scm.com/docs/git-receive-pack#_quarantine_environment
"""

from __future__ import annotations

import os
from pathlib import Path

from builder.git.discovery import discover
from builder.git.repository import Repository

_ADDED = "GIT_OBJECT_DIRECTORY"
_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


def discover_with_pushed(start: Path) -> Repository:
    """Return the repository around a folder, with the objects of the push that is going on, if any."""
    added, alternates = os.environ.get(_ADDED), os.environ.get(_ALTERNATES, "")
    repository = discover(start)
    if added:
        folders = [
            str(Path(folder).absolute()) for folder in alternates.split(os.pathsep) if folder
        ]
        repository.repo.git.update_environment(
            **{_ADDED: str(Path(added).absolute()), _ALTERNATES: os.pathsep.join(folders)}
        )
    return repository
