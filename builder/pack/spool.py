"""Documents on their way into packs: processes append them to files, with a line for each.

Nothing is in its pack before all are there: which ones share a pack follows from all their sizes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson

from builder.pack.document import StoredDocument, stored
from builder.runtime import deflate
from builder.runtime.deflate import Deflate

_BODIES, _LINES, _WORDS = ".bodies", ".lines", ".words"
DIGEST = 16
"""Hex digits of a document's digest that are kept: its entity tag, unlike only at its own address."""


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


class _Spool(NamedTuple):
    bodies: BinaryIO
    lines: BinaryIO
    begun: Mapping[str, Deflate]


_open: dict[Path, _Spool] = {}
"""The files of this process, by the folder of the spool."""


def begin(folder: Path, texts: Mapping[str, bytes]) -> None:
    """Write the texts that the documents of a spool refer back to, before there are any."""
    for name, text in texts.items():
        (folder / f"{name}{_WORDS}").write_bytes(text)


def texts(folder: Path) -> dict[str, bytes]:
    """Return the texts that the documents of a spool refer back to, by name."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob(f"*{_WORDS}"))}


def put(folder: Path, path: str, body: bytes, digest: str, *, replaces: bool) -> None:
    """Compress a document and write it; `digest` is its SHA-256 in hex."""
    bodies, lines, begun = _open.get(folder) or _opened(folder)
    small, encoding = stored(path, body, begun)
    line = [path, bodies.tell(), len(small), encoding, digest[:DIGEST], replaces]
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
            spool = _open.popitem()[1]
            spool.bodies.close()
            spool.lines.close()


def spooled(folder: Path) -> Iterator[SpooledDocument]:
    """Yield what was written, in no order that means anything."""
    for lines in sorted(folder.glob(f"*{_LINES}")):
        name = lines.stem
        with lines.open("rb") as file:
            for line in file:
                path, offset, length, encoding, digest, replaces = orjson.loads(line)
                yield SpooledDocument(
                    path, name, offset, length, sys.intern(encoding), digest, replaces
                )


class SpoolReader:
    """Reads documents back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts = texts(folder)
        self._open: dict[str, BinaryIO] = {}

    def read(self, document: SpooledDocument) -> StoredDocument:
        """Return a document of the spool as a pack has it."""
        if document.file not in self._open:
            self._open[document.file] = (self._folder / f"{document.file}{_BODIES}").open("rb")
        file = self._open[document.file]
        body = os.pread(file.fileno(), document.length, document.offset)
        text = self._texts.get(document.encoding, b"")
        return StoredDocument(document.path, body, document.encoding, document.digest, text)

    def close(self) -> None:
        """Close every file."""
        for file in self._open.values():
            file.close()


def _opened(folder: Path) -> _Spool:
    name = str(os.getpid())
    bodies = (folder / f"{name}{_BODIES}").open("ab", buffering=0)
    lines = (folder / f"{name}{_LINES}").open("ab", buffering=0)
    begun = {name: deflate.begun(text) for name, text in texts(folder).items()}
    _open[folder] = _Spool(bodies, lines, begun)
    return _open[folder]
