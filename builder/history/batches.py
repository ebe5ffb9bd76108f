"""Commits of a repository replayed batch by batch: git reads the blobs of one while they are replayed.

The contents of all commits at once would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.git import records
from builder.git.repository import Repository
from builder.history import needed, replay
from builder.history.lifecycle import ReadBlob
from builder.history.state import State

BATCH = 5_000
"""Changed files in the commits that are replayed at once, with their blobs in memory."""


def carry_on(repository: Repository, state: State, commits: Iterable[records.Commit]) -> set[str]:
    """Carry a state over commits; return the names of the servers that they touch."""
    touched = set()
    for batch in _batches(commits):
        changed = needed.of(batch)
        contents = dict(repository.blobs(dict.fromkeys(changed.of_many())))
        blobs = dict.fromkeys(needed.blobs(changed, state, contents))
        touched |= replay.replay(state, batch, _reader(repository.blobs(blobs)))
    state.sidecars.clear()
    return touched


def _reader(blobs: Iterator[tuple[str, bytes]]) -> ReadBlob:
    """Return a function that takes blobs as they are asked for, so that git can read ahead."""
    taken: dict[str, bytes] = {}

    def read(wanted: str) -> bytes:
        while wanted not in taken:
            blob, data = next(blobs)
            taken[blob] = data
        return taken[wanted]

    return read


def _batches(commits: Iterable[records.Commit]) -> Iterator[list[records.Commit]]:
    batch: list[records.Commit] = []
    changes = 0
    for commit in commits:
        batch.append(commit)
        changes += len(commit.changes)
        if changes >= BATCH:
            yield batch
            batch, changes = [], 0
    if batch:
        yield batch
