"""A packed site, read where it lies: one pack is opened for a document, and only that much is read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from builder.pack import file, index
from builder.pack.document import StoredDocument
from builder.pack.file import DamagedPack, PackedRow
from builder.pack.index import PackIndex

_UNREADABLE = (OSError, EOFError, ValueError, zlib.error)
DIRECTORIES = 128
"""Directories of packs that are kept in memory, of some 50 KB each."""


def is_packed(folder: Path) -> bool:
    """Return whether a folder holds a packed site."""
    return (folder / index.INDEX).is_file()


class PackedSite:
    """The documents of one build of a packed site, by path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: PackIndex = index.decode((folder / index.INDEX).read_bytes())
        self._words = lru_cache(maxsize=None)(self._read_words)
        self._directory = lru_cache(maxsize=DIRECTORIES)(self._read_directory)

    def read(self, path: str) -> tuple[StoredDocument, bytes] | None:
        """Return the document at a path and its bytes, None if no pack has it; raise DamagedPack."""
        try:
            found = self.find(path)
            body = found.body if found else b""
        except _UNREADABLE as error:
            raise DamagedPack(f"{path} cannot be read") from error
        if found is None:
            return None
        if not hashlib.sha256(body).hexdigest().startswith(found.digest):
            raise DamagedPack(f"{path} is not what was packed")
        return found, body

    def find(self, path: str) -> StoredDocument | None:
        """Return the document at a path, None if no pack has it; raise DamagedPack."""
        prefix = self.index.prefix_of(path)
        if prefix is None:
            return None
        start, rows = self._directory(prefix)
        row = rows.get(path)
        if row is None:
            return None
        with self._pack(prefix).open("rb") as pack:
            pack.seek(start + row.offset)
            body = pack.read(row.length)
        return StoredDocument(path, body, row.encoding, row.digest, self._words(row.encoding))

    def has(self, path: str) -> bool:
        """Return whether a pack has a document at a path."""
        prefix = self.index.prefix_of(path)
        return prefix is not None and path in self._directory(prefix)[1]

    def read_pack(self, prefix: str) -> bytes:
        """Return the pack with these bits; raise DamagedPack if there is none."""
        try:
            return self._pack(prefix).read_bytes()
        except OSError as error:
            raise DamagedPack(f"{self._pack(prefix)} cannot be read") from error

    def documents(self) -> Iterator[StoredDocument]:
        """Yield every document in the packs; raise DamagedPack if one is not what its name says."""
        for prefix, pack in self.index.packs.items():
            body = self.read_pack(prefix)
            if hashlib.sha256(body).hexdigest()[: len(pack.name)] != pack.name:
                raise DamagedPack(f"{pack.path} was altered")
            for document in file.documents(body):
                yield replace(document, words=self._words(document.encoding))

    def _read_words(self, encoding: str) -> bytes:
        name = self.index.words.get(encoding)
        return (self.folder / index.WORDS / name).read_bytes() if name else b""

    def _pack(self, prefix: str) -> Path:
        return self.folder / self.index.packs[prefix].path

    def _read_directory(self, prefix: str) -> tuple[int, Mapping[str, PackedRow]]:
        try:
            with self._pack(prefix).open("rb") as pack:
                head = pack.read(file.HEAD)
                length = int.from_bytes(head[len(file.MAGIC) :])
                return file.directory(head + pack.read(length))
        except OSError as error:
            raise DamagedPack(f"{self._pack(prefix)} cannot be read") from error
