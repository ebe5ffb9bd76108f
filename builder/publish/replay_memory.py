"""What was used once and must not be used again: signed times, and tokens of issuers.

What the official publisher signs to log in is a time and nothing else, good for 15 seconds at
any registry. Whoever sees one may not use it a second time here, nor at the process that follows
this one or runs beside it: hashes of what was used are kept in a file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from builder.model.errors import RegistryError

FILE = "mcp-registry-logins.sqlite"
"""Its name in git's own folder, which is never published."""
_BUSY_SECONDS = 5.0
_TABLES = """
CREATE TABLE IF NOT EXISTS used (hash BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_until ON used (until);
"""


class NotRemembered(Exception):
    """What was used cannot be written down now, so it must not count."""


@dataclass(frozen=True, slots=True)
class ReplayMemory:
    """Hashes of what was used, each until a time in seconds since 1970; made by `remembering`."""

    _database: sqlite3.Connection
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self, secret: str, until: float, now: float) -> bool:
        """Return whether this is the first use; it is remembered until it would be refused anyway.

        NotRemembered if that cannot be done: then it must not count as used or unused.
        """
        digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            try:
                # One transaction, on the disk when it ends: another process may ask the same.
                with self._database as database:
                    database.execute("BEGIN IMMEDIATE")
                    database.execute("DELETE FROM used WHERE until <= ?", (now,))
                    added = database.execute(
                        "INSERT OR IGNORE INTO used VALUES (?, ?)", (digest, until)
                    )
                    return added.rowcount == 1
            except sqlite3.Error as error:
                raise NotRemembered(str(error)) from error


@contextmanager
def remembering(folder: Path) -> Iterator[ReplayMemory]:
    """Open the memory of a registry, whose file is in `folder`; RegistryError if it cannot be used."""
    path = folder / FILE
    try:
        path.touch(mode=0o600)
        database = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, error) from error
    try:
        try:
            database.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        yield ReplayMemory(database)
    finally:
        database.close()


def _unusable(path: Path, error: Exception) -> RegistryError:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return RegistryError(
        f"cannot use {path}, where logins are noted that must not be used twice: {why}",
        help="delete it if it is damaged: another is made",
    )
