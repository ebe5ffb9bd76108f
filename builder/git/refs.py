"""Refs moved by compare-and-swap: from exactly one commit to another, or not at all."""

from __future__ import annotations

from builder.git import stale_locks
from builder.git.failures import failure
from builder.git.repository import Repository
from builder.model.errors import RepositoryError


class Moved(RepositoryError):
    """A ref is not where it was expected to be."""


def move(repository: Repository, ref: str, old: str, new: str, reason: str) -> None:
    """Move a ref from `old` to `new`, and on to the disk; Moved if it was elsewhere by then.

    RepositoryError if git cannot write it.
    """
    try:
        _move(repository, ref, old, new, reason)
    except RepositoryError:
        if repository.commit(ref) != old:
            raise Moved(f"{ref} has moved") from None
        # HEAD's lock is taken as well, where it is this branch: its log is written.
        if not stale_locks.remove(repository, (ref, "HEAD")):
            raise
        _move(repository, ref, old, new, reason)


def _move(repository: Repository, ref: str, old: str, new: str, reason: str) -> None:
    from git.exc import GitCommandError

    try:
        repository.repo.git(c="core.fsync=reference").update_ref("-m", reason, ref, new, old)
    except GitCommandError as error:
        raise failure("update-ref", error) from error
