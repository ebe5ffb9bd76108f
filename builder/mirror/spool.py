"""The pages of a walk that is under way, on disk: a walk that fails goes on from the last one.

One line of JSON each: a head first and after every new pass over the list, then pages. A line
that is cut short, by a kill or a full disk, is dropped, and the page is fetched again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.model.errors import RegistryError

FORMAT = 1


@dataclass(slots=True)
class Spool:
    """The pages of one walk of a registry, in a file.

    `full` tells whether the walk is over everything. Of the pass over the list that is under way,
    `since` is what it asks for (None: everything), `began` upstream's time when it began
    (nanoseconds), `cursor` that of the next page, and `done` whether it is over.
    """

    path: Path
    since: str | None
    full: bool
    began: int = 0
    cursor: str | None = None
    done: bool = False
    pages: int = 0

    @classmethod
    def open(cls, folder: Path, url: str, since: str | None) -> Spool:
        """Open the spool of a registry: the pages of a walk of the same kind that failed, or none.

        A walk for changes goes on for the changes that it was begun for, which may be older.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"mirror-{hashlib.sha256(url.encode()).hexdigest()[:16]}.jsonl"
        spool = cls(path, since, since is None)
        try:
            spool._read(url)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            path.unlink(missing_ok=True)
            spool = cls(path, since, since is None)
        return spool

    def begin(self, url: str, since: str | None, began: int) -> None:
        """Begin a pass over the list."""
        self._append({"format": FORMAT, "url": url, "since": since, "began": began})
        self.since, self.began, self.cursor, self.done = since, began, None, False

    def add(self, servers: list[Any], cursor: str | None) -> None:
        """Keep a page, and the cursor of the next one (None: this is the last)."""
        self._append({"servers": servers, "next": cursor})
        self._count(cursor)

    def servers(self) -> Iterator[Any]:
        """Yield every item of every page."""
        with self.path.open("rb") as file:
            for line in file:
                yield from json.loads(line).get("servers", ())

    def discard(self) -> None:
        """Remove the pages: they are in servers/, or of no use."""
        self.path.unlink(missing_ok=True)
        self.pages = 0

    def _count(self, cursor: str | None) -> None:
        self.pages += 1
        self.cursor, self.done = cursor, cursor is None

    def _read(self, url: str) -> None:
        whole, first = 0, True
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                record = json.loads(line)
                if first and (
                    record["format"] != FORMAT
                    or record["url"] != url
                    or (record["since"] is None) != self.full
                ):
                    raise ValueError("another walk")
                if "began" in record:
                    self.since, self.began = record["since"], int(record["began"])
                    self.cursor, self.done = None, False
                else:
                    self._count(record["next"])
                whole, first = whole + len(line), False
        with self.path.open("r+b") as file:
            file.truncate(whole)

    def _append(self, record: object) -> None:
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        size = self.path.stat().st_size if self.path.exists() else 0
        try:
            with self.path.open("ab") as file:
                file.write(line)
        except OSError as error:
            with self.path.open("r+b") as file:
                file.truncate(size)
            raise RegistryError(f"cannot write {self.path}: {error.strerror}") from error
