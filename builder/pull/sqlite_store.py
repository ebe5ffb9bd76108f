"""A copy in SQLite: one row for each version, and one row for how far the copy has come."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from builder.model.errors import RegistryError
from builder.pull import item
from builder.pull.change_log import LoggedChange
from builder.pull.item import Item, Key
from builder.pull.position import Position

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
    """A Store in an open SQLite database. `item` is the version as the API gives it, JSON."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
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
        # IMMEDIATE: no other pull can come in between what is read and what is written.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            if self.read_position() != self.position:
                raise RegistryError("another pull has changed this copy meanwhile")
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
        """Return how far the copy has come by now: another run may have changed it."""
        row = self._connection.execute("SELECT url, sequence, event, etag, head FROM position")
        return Position(*row.fetchone())


@contextmanager
def open_database(path: Path) -> Iterator[Database]:
    """Open the copy in a database file, made if need be.

    Raises RegistryError if the file holds something else, stays locked, or cannot be used.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            _prepare(connection, path)
            yield Database(connection)
    except sqlite3.Error as error:
        raise RegistryError(f"cannot use {path} as a database: {error}") from error


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
