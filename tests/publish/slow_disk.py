"""A disk that is slow to take the first commit, so that others wait for it together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from builder.git import loose
from builder.publish.group_commit import CommitQueue
from builder.publish.writer import Writer
from tests.patience import PATIENCE, wait_for


@dataclass
class SlowDisk:
    """Holds the first write until it is released; counts what is accepted, and what is judged alone."""

    before: Callable[[], None]
    accepted: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    _may_write: threading.Event = field(default_factory=threading.Event)

    def release(self, count: int) -> None:
        """Let the writer go on once so many are accepted."""
        wait_for(lambda: len(self.accepted) >= count)
        self._may_write.set()

    def hold(self) -> None:
        assert self._may_write.wait(PATIENCE)
        before, self.before = self.before, lambda: None
        before()


@contextmanager
def slow_disk(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[], None] = lambda: None
) -> Iterator[SlowDisk]:
    """Hold the first write until it is released; then do `before`, and go on."""
    disk = SlowDisk(before)
    write, join, alone = loose.write, CommitQueue.join, Writer._write_alone

    def held(*arguments: Any) -> None:
        disk.hold()
        write(*arguments)

    def joined(*arguments: Any) -> object:
        group = join(*arguments)
        disk.accepted.append("")
        return group

    def by_itself(*arguments: Any) -> object:
        disk.alone.append("")
        return alone(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(loose, "write", held)
        patched.setattr(CommitQueue, "join", joined)
        patched.setattr(Writer, "_write_alone", by_itself)
        yield disk
