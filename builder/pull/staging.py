"""What a run fetched and has not verified yet, beside the copy: nobody waits for a run's network.

A run goes into a temporary database of its own. Only what has been verified as a whole comes into
the copy, in one short transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from builder.model.errors import RegistryError
from builder.pull import item
from builder.pull.change_log import LoggedChange
from builder.pull.folder_lock import changed_meanwhile
from builder.pull.item import Item, Key
from builder.pull.position import Position
from builder.pull.store import ReadableStore

_SCHEMA = """
CREATE TABLE changed (
    name TEXT NOT NULL, version TEXT NOT NULL, status TEXT, item TEXT, PRIMARY KEY (name, version)
) WITHOUT ROWID
"""
_PUT = "INSERT OR REPLACE INTO changed VALUES (?, ?, ?, ?)"


class Staging:
    """A Store over a copy, which stays as it is until `commit`."""

    def __init__(self, copy: ReadableStore, connection: sqlite3.Connection) -> None:
        self._copy = copy
        self._changed = connection
        self._replaces = False
        self.position = copy.position

    def start(self, items: Iterable[Item], position: Position) -> None:
        """Replace whatever there is by these versions."""
        with _told():
            self._changed.execute("DELETE FROM changed")
            self._changed.executemany(_PUT, (_row(new.key, new) for new in items))
        self._replaces, self.position = True, position

    def apply(self, changes: Sequence[LoggedChange], position: Position) -> None:
        """Apply changes, in their order."""
        with _told():
            self._changed.executemany(_PUT, (_row(change.key, change.item) for change in changes))
        self.position = position

    def statuses(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return the versions that every server would have by its name, each with its status."""
        kept = {} if self._replaces else self._copy.statuses()
        servers = {name: dict(versions) for name, versions in kept.items()}
        with _told():
            rows = self._changed.execute("SELECT name, version, status FROM changed")
            for name, version, status in rows:
                if status is None:
                    servers.get(name, {}).pop(version, None)
                else:
                    servers.setdefault(name, {})[version] = status
        return {name: tuple(versions.items()) for name, versions in servers.items() if versions}

    def require_unchanged(self) -> None:
        """Raise RegistryError if another run has changed the copy meanwhile."""
        if self._copy.read_position() != self._copy.position:
            raise changed_meanwhile()

    def commit(self) -> None:
        """Bring all of it into the copy, or nothing; RegistryError if that is another one by now.

        A copy that another run has brought as far in the meantime stays as it is.
        """
        now = self._copy.read_position()
        if self.position == now or (
            now != self._copy.position
            and (now.url, now.sequence >= self.position.sequence) == (self.position.url, True)
        ):
            return
        if self._replaces:
            gone_left_out = (new for _, new in self._rows() if new is not None)
            self._copy.start(gone_left_out, self.position)
        else:
            self._copy.merge(self._rows(), self.position)

    def _rows(self) -> Iterator[tuple[Key, Item | None]]:
        # In the order of code points, which is that of the copy: SQLite compares UTF-8.
        rows = self._changed.execute("SELECT name, version, item FROM changed ORDER BY 1, 2")
        for name, version, body in rows:
            yield (name, version), None if body is None else item.read(body.encode())


@contextmanager
def staged(copy: ReadableStore) -> Iterator[Staging]:
    """Stage changes of a copy: the block's end commits them, an error in it leaves the copy alone."""
    # SQLite keeps a database without a name in memory, and in a temporary file what is too large.
    with closing(sqlite3.connect("", isolation_level=None)) as connection:
        connection.execute(_SCHEMA)
        connection.execute("BEGIN")
        staging = Staging(copy, connection)
        yield staging
        staging.commit()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RegistryError(f"no room to keep what was fetched for a moment: {error}") from error


def _row(key: Key, new: Item | None) -> tuple[str, str, str | None, str | None]:
    return (*key, new.status, new.body.decode()) if new else (*key, None, None)
