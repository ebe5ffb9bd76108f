"""A repository that keeps what it has read: the same answers as git's, whoever asks meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from builder.git.records import TreeEntry
from builder.git.repository import Repository
from builder.git.resident import resident
from builder.model.errors import RepositoryError
from tests.registry import Registry, entry_file

READERS = 4


def test_many_threads_get_the_answers_that_git_gives(registry: Registry) -> None:
    files: dict[str, Any] = {}
    for number in range(60):
        files |= entry_file(f"com.example/server-{number}")
    registry.commit(files)
    expected = _everything(registry.repository)
    shared, together = resident(registry.repository), Barrier(READERS)

    def read(_reader: int) -> list[tuple[TreeEntry, bytes, int]]:
        together.wait()
        return _everything(shared)

    with ThreadPoolExecutor(READERS) as pool:
        assert list(pool.map(read, range(READERS))) == [expected] * READERS


@pytest.mark.parametrize(
    "rev",
    [
        "refs/tags/annotated",
        "refs/heads/main~1",
        "refs/heads/nowhere",
        "refs/heads/main^{tree}",
        "refs/heads/nowhere\nrefs/heads/main",
        "0" * 40,
        "12" * 20,
        "TREE",
    ],
)
def test_a_revision_names_what_it_names_to_git(registry: Registry, rev: str) -> None:
    registry.commit(entry_file())
    registry.git("tag", "--annotate", "--message", "Tagged", "annotated")
    rev = registry.git("rev-parse", "HEAD^{tree}") if rev == "TREE" else rev
    remembering = resident(registry.repository)
    assert _named(remembering, rev) == _named(registry.repository, rev)
    # The answers that follow are to what is asked then.
    assert remembering.commit("refs/heads/main") == registry.git("rev-parse", "main")


def _named(repository: Repository, rev: str) -> tuple[str, str | None]:
    try:
        return repository.commit(rev), ""
    except RepositoryError as error:
        return str(error), error.help


def _everything(repository: Repository) -> list[tuple[TreeEntry, bytes, int]]:
    """Read every file of a branch, each in two conversations with git: its size, and its content."""
    files = repository.tree(repository.commit("refs/heads/main"))
    ids = [file.blob for file in files]
    sizes, blobs = repository.sizes(ids), dict(repository.blobs(ids))
    return [(file, blobs[file.blob], sizes[file.blob]) for file in files]
