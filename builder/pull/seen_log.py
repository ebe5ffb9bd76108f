"""The head of the log that a copy was verified by last: the next one must extend it."""

from __future__ import annotations

from pathlib import Path

from builder.pull.folder_lock import changed_meanwhile
from builder.pull.kept_log import rewritten
from builder.runtime import atomic
from builder.trust import checkpoint
from builder.trust.checkpoint import TreeHead

_FILE = "log.head"


def read(folder: Path) -> TreeHead | None:
    """Return the head that was seen last, None if there was none."""
    file = folder / _FILE
    return checkpoint.read_text(file.read_text()) if file.exists() else None


def write(folder: Path, head: TreeHead) -> None:
    """Keep a head; the caller holds the lock."""
    atomic.write(folder / _FILE, head.text.encode())


def is_overtaken(folder: Path, before: TreeHead | None, head: TreeHead | None) -> bool:
    """Return whether another run has seen as much of the log since this one began, or more.

    `before` was seen last when this run began, `head` is what it has seen. Raises RegistryError if the
    other run has seen less, ProofError if it was shown another log of this size.
    """
    now = read(folder)
    if now == before or now is None or head is None:
        return False
    if now.size < head.size:
        raise changed_meanwhile()
    if now.size == head.size and now.root != head.root:
        raise rewritten(now, head)
    return True
