"""What a killed git has left behind stops nobody for long, and what a running one holds is kept."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from builder.git import checkout, refs, stale_locks
from builder.model.errors import RepositoryError
from tests.registry import Registry

REF = "refs/heads/main"


def test_a_lock_that_is_old_is_removed_and_no_other(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    old = registry.git("rev-parse", "HEAD")
    new = registry.git("commit-tree", "-m", "next", "-p", old, f"{old}^{{tree}}")
    lock = tmp_path / ".git" / f"{REF}.lock"
    lock.touch()
    with pytest.raises(RepositoryError):
        refs.move(registry.repository, REF, old, new, "test")
    assert lock.exists()
    long_ago = time.time() - 2 * stale_locks.SECONDS
    os.utime(lock, (long_ago, long_ago))
    refs.move(registry.repository, REF, old, new, "test")
    assert registry.git("rev-parse", REF) == new
    with pytest.raises(refs.Moved):
        refs.move(registry.repository, REF, old, new, "test")


def test_a_working_tree_waits_for_who_reads_it(tmp_path: Path) -> None:
    """An editor's `git status` holds the index for a moment: the tree still follows its branch."""
    registry = Registry(tmp_path)
    checkout.begin(registry.repository, registry.git("rev-parse", "HEAD"))
    new = registry.commit({"a.txt": "a"})
    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    lock = tmp_path / ".git" / "index.lock"
    lock.touch()
    release = threading.Timer(0.3, lock.unlink)
    release.start()
    checkout.follow(registry.repository, new)
    release.join()
    assert (tmp_path / "a.txt").read_text() == "a"
