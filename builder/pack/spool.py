"""Documents on their way into packs: processes append them to files, with a line for each.

Nothing is in its pack before all are there: which ones share a pack follows from all their sizes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from builder.pack.document import StoredDocument, stored

_BODIES, _LINES = ".bodies", ".lines"


@dataclass(frozen=True, slots=True)
class SpooledDocument:
    """A document that was written: where it stands in which file of the spool.

    `replaces` tells that the site has had a document at its path.
    """

    path: str
    file: str
    offset: int
    length: int
    encoding: str
    digest: str
    replaces: bool


_open: dict[Path, tuple[BinaryIO, BinaryIO]] = {}
"""The files of this process, by the folder of the spool."""


def put(folder: Path, path: str, body: bytes, digest: str, *, replaces: bool) -> None:
    """Compress a document and write it; `digest` is its SHA-256 in hex."""
    bodies, lines = _open.get(folder) or _opened(folder)
    small, encoding = stored(body)
    line = [path, bodies.tell(), len(small), encoding, digest[:32], replaces]
    bodies.write(small)
    # Without a buffer: a process of a pool is not told when it is about to end.
    lines.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


@contextmanager
def closing() -> Iterator[None]:
    """Close the files of this process at the end of a block."""
    try:
        yield
    finally:
        while _open:
            for file in _open.popitem()[1]:
                file.close()


def spooled(folder: Path) -> Iterator[SpooledDocument]:
    """Yield what was written, in no order that means anything."""
    for lines in sorted(folder.glob(f"*{_LINES}")):
        name = lines.stem
        with lines.open("rb") as file:
            for line in file:
                path, offset, length, encoding, digest, replaces = orjson.loads(line)
                yield SpooledDocument(path, name, offset, length, encoding, digest, replaces)


class SpoolReader:
    """Reads documents back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}

    def read(self, document: SpooledDocument) -> StoredDocument:
        """Return a document of the spool as a pack has it."""
        if document.file not in self._open:
            self._open[document.file] = (self._folder / f"{document.file}{_BODIES}").open("rb")
        file = self._open[document.file]
        body = os.pread(file.fileno(), document.length, document.offset)
        return StoredDocument(document.path, body, document.encoding, document.digest)

    def close(self) -> None:
        """Close every file."""
        for file in self._open.values():
            file.close()


def _opened(folder: Path) -> tuple[BinaryIO, BinaryIO]:
    name = str(os.getpid())
    bodies = (folder / f"{name}{_BODIES}").open("ab", buffering=0)
    lines = (folder / f"{name}{_LINES}").open("ab", buffering=0)
    _open[folder] = bodies, lines
    return bodies, lines
