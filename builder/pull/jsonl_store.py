"""A copy in JSON Lines: how far it has come in the first line, then one line for each version.

The lines are in the order of their keys, as in the snapshot. Each change writes the file anew
beside the old one and puts it in its place.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import orjson

from builder.model.errors import RegistryError
from builder.pull import item
from builder.pull.change_log import LoggedChange
from builder.pull.folder_lock import FolderLock, changed_meanwhile
from builder.pull.item import Item, Key
from builder.pull.position import Position
from builder.runtime import atomic

_Ranked = tuple[Key, int, bytes | None]  # of two with one key the lower rank counts


class Lines:
    """A Store in a file of JSON Lines.

    Raises RegistryError if the file holds something else or cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lock = FolderLock(path.parent)
        self.position = self.read_position()

    def start(self, items: Iterable[Item], position: Position) -> None:
        """Replace whatever there is by these versions."""
        self._write((one.body for one in items), position)

    def apply(self, changes: Sequence[LoggedChange], position: Position) -> None:
        """Apply changes, in their order."""
        if not changes and position == self.position:
            return
        self.merge(sorted({change.key: change.item for change in changes}.items()), position)

    def merge(self, changes: Iterable[tuple[Key, Item | None]], position: Position) -> None:
        """Put the newest item of each key (None: it is gone), in the order of keys."""
        with self.lock, self._held() as held:
            self._write(_merged(held, changes), position)

    def statuses(self) -> dict[str, list[tuple[str, str]]]:
        """Return the versions of every server by its name, each with its status."""
        servers: dict[str, list[tuple[str, str]]] = {}
        for held in self._items():
            name, version = held.key
            servers.setdefault(name, []).append((version, held.status))
        return servers

    def find(self, key: Key) -> Item | None:
        """Return a version of the copy, None if it has none of that name and version."""
        return next((held for held in self._items() if held.key == key), None)

    def latest(self, name: str) -> Item | None:
        """Return the latest version of a server, None if it has none."""
        return next((i for i in self._items() if i.key[0] == name and i.is_latest), None)

    def _items(self) -> Iterator[Item]:
        with self._held() as held:
            yield from map(item.read, held)

    def read_position(self) -> Position:
        """Return how far the copy has come by now: another run may have changed it."""
        try:
            with self._path.open("rb") as file:
                return Position(**orjson.loads(file.readline())["position"])
        except FileNotFoundError:
            return Position()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RegistryError(
                f"{self._path} is not a copy of a registry: {error}",
                help="name another file with --out",
            ) from error

    @contextmanager
    def _held(self) -> Iterator[Iterator[bytes]]:
        if not self._path.exists():
            yield iter(())
            return
        with self._path.open("rb") as file:
            next(file)
            yield (line.rstrip(b"\n") for line in file)

    def _write(self, lines: Iterable[bytes], position: Position) -> None:
        header = orjson.dumps({"position": dataclasses.asdict(position)})
        with self.lock:
            if self.read_position() != self.position:
                raise changed_meanwhile()
            try:
                atomic.remove_abandoned(self._path)
                with atomic.replacing(self._path, durable=True) as file:
                    file.writelines(line + b"\n" for line in chain((header,), lines))
            except OSError as error:
                raise RegistryError(f"cannot write {self._path}: {error.strerror}") from error
            self.position = position


def _merged(held: Iterator[bytes], changes: Iterable[tuple[Key, Item | None]]) -> Iterator[bytes]:
    new: Iterator[_Ranked] = ((key, 0, put.body if put else None) for key, put in changes)
    old: Iterator[_Ranked] = ((item.read(line).key, 1, line) for line in held)
    merged = heapq.merge(new, old, key=itemgetter(0, 1))
    for _, same in groupby(merged, key=itemgetter(0)):
        line = next(same)[2]
        if line is not None:
            yield line
