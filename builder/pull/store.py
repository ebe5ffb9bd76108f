"""Where a copy is kept: an SQLite database, or a file of JSON Lines.

Each change to a copy is all or nothing, and takes with it how far the copy has come. What a run
makes that has to be verified as a whole waits beside it (staging.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from builder.pull.change_log import LoggedChange
from builder.pull.folder_lock import FolderLock
from builder.pull.item import Item, Key
from builder.pull.position import Position

LINES = (".jsonl", ".ndjson")


class Store(Protocol):
    """A copy of a registry. `position` is what it holds right now."""

    @property
    def position(self) -> Position:
        """How far the copy has come; `Position()` if it is new."""

    def start(self, items: Iterable[Item], position: Position) -> None:
        """Replace whatever there is by these versions, in the order of their keys."""

    def apply(self, changes: Sequence[LoggedChange], position: Position) -> None:
        """Apply changes, in their order."""


class ReadableStore(Store, Protocol):
    """A copy that can be asked what it holds, and that takes what a whole run made of it."""

    @property
    def lock(self) -> FolderLock:
        """Held while the copy, or what is kept with it, is written."""

    def merge(self, changes: Iterable[tuple[Key, Item | None]], position: Position) -> None:
        """Put the newest item of each key (None: it is gone), in the order of keys."""

    def read_position(self) -> Position:
        """Return how far the copy has come by now: another run may have changed it."""

    def statuses(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return the versions of every server by its name, each with its status."""

    def find(self, key: Key) -> Item | None:
        """Return a version of the copy, None if it has none of that name and version."""

    def latest(self, name: str) -> Item | None:
        """Return the latest version of a server, None if it has none."""


@contextmanager
def open_store(path: Path) -> Iterator[ReadableStore]:
    """Open the copy in a file, or begin one: JSON Lines for .jsonl and .ndjson, else SQLite.

    Raises RegistryError if the file is something else, or cannot be read or written.
    """
    if path.suffix in LINES:
        from builder.pull.jsonl_store import Lines

        yield Lines(path)
    else:
        from builder.pull.sqlite_store import open_database

        with open_database(path) as database:
            yield database
