"""Commits on their way to the branch: those that are made while a group is written form the next.

A disk takes many files nearly as fast as one, and a remote many commits, so a whole group is
written and pushed at once and the branch moves once for all of it. Each commit of a group is one publication, on top of the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from builder.git.object_memory import Objects
from builder.git.refs import Moved
from builder.model.errors import RegistryError


class NotInGroup(RegistryError):
    """This must be judged and written alone, after everything that was accepted before."""


@dataclass(slots=True)
class CommitGroup:
    """So many commits that are written together: from `tip`, which the first follows, to `head`.

    `is_done` once it is known what became of them: `error` is why none is on the branch, if so.
    """

    tip: str
    head: str
    objects: Objects
    count: int = 0
    is_done: bool = False
    error: Exception | None = None


class QueueEnd(NamedTuple):
    """Where the queue ends: the last commit ("" for the tip of the branch), and how often it has failed."""

    head: str
    failures: int


@dataclass(slots=True)
class CommitQueue:
    """The groups that are not on the branch yet: one that is being written, one that still grows."""

    _written: CommitGroup | None = None
    _open: CommitGroup | None = None
    _failures: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def end(self) -> QueueEnd:
        """Return what the next commit follows."""
        with self._lock:
            groups = self._groups()
            return QueueEnd(groups[-1].head if groups else "", self._failures)

    def join(self, end: QueueEnd, tip: str, commit: str, objects: Objects) -> CommitGroup:
        """Put a commit that follows `tip`, the queue's end, into the group that grows.

        Moved if `tip` will never be on the branch: what it belonged to has failed meanwhile.
        """
        with self._lock:
            if end.failures != self._failures:
                raise Moved("what this follows was not written")
            if self._open is None:
                self._open = CommitGroup(tip=tip, head=commit, objects={})
            self._open.head = commit
            self._open.count += 1
            self._open.objects |= objects
            return self._open

    def close(self) -> CommitGroup | None:
        """Return the group that has grown so far, to be written; None if there is none."""
        with self._lock:
            self._written, self._open = self._open, None
            return self._written

    def succeed(self) -> None:
        """Take note that the group which was closed is on the branch."""
        with self._lock:
            if self._written is not None:
                self._written.is_done = True
            self._written = None

    def fail(self, error: Exception, of_others: Exception) -> Sequence[CommitGroup]:
        """End the group that was closed with an error, and what follows it with another one."""
        with self._lock:
            failed = self._groups()
            for group in failed:
                group.error = error if group is self._written else of_others
                group.is_done = True
            self._written = self._open = None
            self._failures += 1
            return failed

    def _groups(self) -> Sequence[CommitGroup]:
        return [group for group in (self._written, self._open) if group is not None]
