"""Documents on their way into packs: processes append them to files, with an entry of a few bytes for each.

Nothing is in its pack before all are there: which ones share a pack follows from all their sizes. The
entries say that and where the documents lie, so that few documents are read at a time.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson

from builder.pack.document import StoredDocument, stored
from builder.pack.file import weight
from builder.pack.key import key
from builder.pack.layout import stands_beside
from builder.runtime import deflate
from builder.runtime.deflate import Deflate

_BODIES, _ENTRIES, _WORDS = ".bodies", ".entries", ".words"
_ENTRY = struct.Struct(">QIQIIH")
"""An entry: the document's key and its weight (0: it stands beside the packs), where it begins, the lengths of what is
said of it and of what is stored, and the number of its file. By their bytes entries are in the order of keys."""
_NUMBER = struct.Struct(">H")
DIGEST = 16
"""Hex digits of a document's digest that are kept: its entity tag, unlike only at its own address."""


Entry = bytes
"""One document of a spool."""


class _Spool(NamedTuple):
    bodies: BinaryIO
    entries: BinaryIO
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
    bodies, entries, begun = _open.get(folder) or _opened(folder)
    small, encoding = stored(path, body, begun)
    taken = 0 if stands_beside(path, len(small)) else weight(path, len(small))
    said = orjson.dumps([path, encoding, digest[:DIGEST], replaces])
    entry = _ENTRY.pack(key(path), taken, bodies.tell(), len(said), len(small), 0)
    # Without a buffer: a process of a pool is not told when it is about to end.
    for file, data in ((bodies, said + small), (entries, entry)):
        if file.write(data) < len(data):  # what fits is written without a word
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)


@contextmanager
def closing() -> Iterator[None]:
    """Close the files of this process at the end of a block."""
    try:
        yield
    finally:
        while _open:
            spool = _open.popitem()[1]
            spool.bodies.close()
            spool.entries.close()


def key_of(entry: Entry) -> int:
    """Return the key of a document."""
    return int.from_bytes(entry[:8])


def weight_of(entry: Entry) -> int:
    """Return how many bytes of a pack a document takes."""
    return int.from_bytes(entry[8:12])


class SpoolReader:
    """Reads documents back.

    `entries` are those for packs in the order of their keys, `beside` those of files beside them.
    """

    def __init__(self, folder: Path) -> None:
        self._texts = texts(folder)
        paths = sorted(folder.glob(f"*{_ENTRIES}"))
        self._files = [path.with_suffix(_BODIES).open("rb") for path in paths]
        found = [entry for number, path in enumerate(paths) for entry in _entries(number, path)]
        self.entries: list[Entry] = sorted(filter(weight_of, found))
        self.beside: list[Entry] = [entry for entry in found if not weight_of(entry)]

    def said(self, entry: Entry) -> tuple[str, bool]:
        """Return the path of a document, and whether the site has had one there."""
        _, _, offset, said, _, number = _ENTRY.unpack(entry)
        path, _, _, replaces = orjson.loads(os.pread(self._files[number].fileno(), said, offset))
        return path, replaces

    def read(self, entry: Entry) -> StoredDocument:
        """Return a document as a pack has it."""
        _, _, offset, said, length, number = _ENTRY.unpack(entry)
        data = os.pread(self._files[number].fileno(), said + length, offset)
        path, encoding, digest, _ = orjson.loads(data[:said])
        return StoredDocument(path, data[said:], encoding, digest, self._texts.get(encoding, b""))

    def close(self) -> None:
        """Close every file."""
        for file in self._files:
            file.close()


def _entries(number: int, path: Path) -> Iterator[Entry]:
    data, own = path.read_bytes(), _NUMBER.pack(number)
    for start in range(0, len(data), _ENTRY.size):
        yield data[start : start + _ENTRY.size - _NUMBER.size] + own


def _opened(folder: Path) -> _Spool:
    name = str(os.getpid())
    bodies = (folder / f"{name}{_BODIES}").open("ab", buffering=0)
    entries = (folder / f"{name}{_ENTRIES}").open("ab", buffering=0)
    begun = {name: deflate.begun(text) for name, text in texts(folder).items()}
    _open[folder] = _Spool(bodies, entries, begun)
    return _open[folder]
