"""A repository of which git is asked for little at a time, often: by a next build, or the check of a change.

A dozen trees and files are read, each where it is needed. To start git for each costs more than
the reading.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from builder.git.contents import Contents
from builder.git.repository import NOTHING_KEPT, Repository
from builder.git.resident import ResidentRepository

MANY = 64
"""So many objects are asked of a git process of their own: it writes them faster than it answers one by one."""


@dataclass(frozen=True, slots=True)
class RememberingRepository(ResidentRepository):
    """A repository that remembers the few objects that it was asked for, and not the many."""

    def blobs(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield many objects, id and content, in the order asked for."""
        asked = list(ids)
        if len(asked) < MANY:
            return super(RememberingRepository, self).blobs(asked)
        return Repository.blobs(self, asked)

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each of these objects that there is."""
        asked = list(ids)
        if len(asked) < MANY:
            return super(RememberingRepository, self).sizes(asked)
        return Repository.sizes(self, asked)

    def contents(self, ids: Iterable[str], most: int = sys.maxsize) -> Contents:
        """Return the contents of blobs, and the sizes of those that have more than `most` bytes."""
        asked = list(ids)
        if len(asked) < MANY:
            return super(RememberingRepository, self).contents(asked, most)
        return Repository.contents(self, asked, most)

    @property
    def kept_indexes(self) -> dict[str, dict[str, Any]]:
        """NOTHING_KEPT: the process ends soon, and the next one is to go on from the index files."""
        return NOTHING_KEPT

    def close(self) -> None:
        """End the git processes; another one is started if something is asked for."""
        self.repo.git.clear_cache()


def remembering(repository: Repository) -> RememberingRepository:
    """Return the same repository with a memory."""
    return RememberingRepository(repository.repo, repository.root)
