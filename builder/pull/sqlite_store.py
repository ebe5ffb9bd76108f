"""A copy in SQLite: one row for each version, and one row for how far the copy has come."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from builder.model.errors import RegistryError
from builder.pull import item
from builder.pull.change_log import LoggedChange
from builder.pull.folder_lock import FolderLock, changed_meanwhile
from builder.pull.item import Item, Key
from builder.pull.position import Position
from builder.runtime import atomic

# What `file` and PRAGMA application_id tell of the database: "MCPr".
APPLICATION = 0x4D435072
_SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = 1;
CREATE TABLE versions (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    is_latest INTEGER NOT NULL,
    published_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    item TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TABLE position (url TEXT, sequence INTEGER, event TEXT, etag TEXT, head TEXT);
INSERT INTO position VALUES ('', 0, '', '', '');
"""
_PUT = "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP = "DELETE FROM versions WHERE name = ? AND version = ?"


class Database:
    """A Store in an SQLite database. `item` is the version as the API gives it, JSON."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_new = not os.path.lexists(path)
        if self._is_new and not path.parent.is_dir():
            raise RegistryError(f"cannot use {path} as a database: there is no {path.parent}")
        self.lock = FolderLock(path.parent)
        self._connection = _connect(None if self._is_new else path)
        _prepare(self._connection, path)
        self.position = self.read_position()

    def start(self, items: Iterable[Item], position: Position) -> None:
        """Replace whatever there is by these versions."""
        with self._transaction(position):
            self._connection.execute("DELETE FROM versions")
            self._connection.executemany(_PUT, map(_row, items))

    def apply(self, changes: Sequence[LoggedChange], position: Position) -> None:
        """Apply changes, in their order."""
        if not changes and position == self.position:
            return
        self.merge({change.key: change.item for change in changes}.items(), position)

    def merge(self, changes: Iterable[tuple[Key, Item | None]], position: Position) -> None:
        """Put the newest item of each key (None: it is gone)."""
        with self._transaction(position):
            for key, new in changes:
                self._connection.execute(*((_PUT, _row(new)) if new else (_DROP, key)))

    def statuses(self) -> dict[str, list[tuple[str, str]]]:
        """Return the versions of every server by its name, each with its status."""
        servers: dict[str, list[tuple[str, str]]] = {}
        for name, version, status in self._connection.execute(
            "SELECT name, version, status FROM versions"
        ):
            servers.setdefault(name, []).append((version, status))
        return servers

    def find(self, key: Key) -> Item | None:
        """Return a version of the copy, None if it has none of that name and version."""
        return self._first("name = ? AND version = ?", key)

    def latest(self, name: str) -> Item | None:
        """Return the latest version of a server, None if it has none."""
        return self._first("name = ? AND is_latest", (name,))

    def _first(self, where: str, values: tuple[str, ...]) -> Item | None:
        row = self._connection.execute(
            f"SELECT item FROM versions WHERE {where}", values
        ).fetchone()
        return item.read(row[0].encode()) if row else None

    def bodies(self) -> Iterator[str]:
        """Yield every version as the API gives it, JSON, by name and version."""
        rows = self._connection.execute("SELECT item FROM versions ORDER BY name, version")
        return (body for (body,) in rows)

    @contextmanager
    def _transaction(self, position: Position) -> Iterator[None]:
        with self.lock, self._file():
            # IMMEDIATE: no other pull can come in between what is read and what is written.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if self.read_position() != self.position:
                    raise changed_meanwhile()
                yield
                self._connection.execute(
                    "UPDATE position SET url = ?, sequence = ?, event = ?, etag = ?, head = ?",
                    dataclasses.astuple(position),
                )
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        self.position = position

    def read_position(self) -> Position:
        """Return how far the copy has come by now: another run may have changed it, or begun it."""
        self._follow()
        row = self._connection.execute("SELECT url, sequence, event, etag, head FROM position")
        return Position(*row.fetchone())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _file(self) -> Iterator[None]:
        """Have a file to write to: a new one gets its name when the block ends, unless it raises."""
        atomic.remove_abandoned(self._path)
        self._follow()
        if not self._is_new:
            yield
            return
        fresh = self._path.with_name(f".{self._path.name}-{os.getpid()}")
        try:
            self._open(fresh)
            yield
            self._connection.close()
            fresh.replace(self._path)
            self._open(self._path)
        except BaseException:
            self._open(None)
            raise
        finally:
            fresh.unlink(missing_ok=True)

    def _follow(self) -> None:
        """Go on with the file if another run has made it since."""
        if self._is_new and os.path.lexists(self._path):
            self._open(self._path)

    def _open(self, path: Path | None) -> None:
        """Go on with a file, or with an empty copy in memory (None)."""
        self._connection.close()
        self._connection = _connect(path)
        self._is_new = path is None
        _prepare(self._connection, path or self._path)


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """Open the copy in a database file, which is made when there is something to write into it.

    Raises RegistryError if the file holds something else, stays locked, or cannot be used.
    """
    try:
        with closing(Database(path)) as database:
            yield database
    except sqlite3.Error as error:
        raise RegistryError(f"cannot use {path} as a database: {error}") from error


def _connect(path: Path | None) -> sqlite3.Connection:
    return sqlite3.connect(path or ":memory:", isolation_level=None)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application == APPLICATION:
        return
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
        raise RegistryError(
            f"{path} is a database of something else", help="name another file with --out"
        )
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")


def _row(new: Item) -> tuple[str, str, str, bool, str, str, str]:
    return (*new.key, new.status, new.is_latest, new.published, new.updated, new.body.decode())
