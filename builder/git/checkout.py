"""The working tree follows its branch: files that the branch got are put there, others are left.

A branch that is moved under a working tree makes its files look undone. Which commit the tree was
brought to is kept in a ref, so that a process that was killed in between is taken up by the next.
"""

from __future__ import annotations

import time

from builder.git import stale_locks
from builder.git.failures import failure
from builder.git.repository import Repository
from builder.model.errors import RepositoryError

MARK = "refs/mcp-registry/checked-out"
_TRIES, _PAUSE_SECONDS = 20, 0.1
"""An editor or a prompt that asks for `git status` holds the index for a moment."""


def is_checked_out(repository: Repository, branch: str) -> bool:
    """Return whether the working tree is that of a branch."""
    from git.exc import GitCommandError

    if repository.bare:
        return False
    try:
        head = str(repository.repo.git.symbolic_ref("--quiet", "HEAD"))
    except GitCommandError:  # a detached HEAD
        return False
    return head == f"refs/heads/{branch}"


def begin(repository: Repository, commit: str) -> None:
    """Take note that the working tree is at a commit, unless it is known where it was left."""
    if not _marked(repository):
        repository.repo.git.update_ref(MARK, commit)


def follow(repository: Repository, commit: str) -> None:
    """Bring the working tree from where it was left to a commit.

    RepositoryError if changes that are not committed stand in the way: then nothing is changed.
    """
    from git.exc import GitCommandError

    old = _marked(repository)
    if old == commit:
        return
    stale_locks.remove(repository, ("index", MARK))
    for further in reversed(range(_TRIES)):
        try:
            repository.repo.git.read_tree("-m", "-u", old or commit, commit)
            break
        except GitCommandError as error:
            if not further or "index.lock" not in str(error.stderr):
                raise failure("read-tree", error) from error
            time.sleep(_PAUSE_SECONDS)
    repository.repo.git.update_ref(MARK, commit)


def _marked(repository: Repository) -> str:
    try:
        return repository.commit(MARK)
    except RepositoryError:
        return ""
