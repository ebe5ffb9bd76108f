"""The bytes of one pack: its directory, then its documents, each compressed by itself.

Eight bytes `mcppack2`, the length of the directory (four bytes, the highest first), the directory
as JSON in raw deflate (a row `[path, offset, length, digest, encoding]` for each document, by path;
offsets count from the end of the directory), then the documents.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from builder.pack.document import StoredDocument
from builder.runtime import deflate

MAGIC = b"mcppack2"
LARGEST = 512 * 1024
"""Bytes of a pack at most. A document that is larger stands outside of packs, as a file."""
_ROW = 56  # characters of a row of the directory beside its path, at most
_LENGTH = struct.Struct(">I")
HEAD = len(MAGIC) + _LENGTH.size


class DamagedPack(Exception):
    """A pack is missing, or is not what its name says."""


@dataclass(frozen=True, slots=True)
class PackedRow:
    """Where a document stands in its pack."""

    path: str
    offset: int
    length: int
    digest: str
    encoding: str


def weight(path: str, length: int) -> int:
    """Return how many bytes of a pack a document takes, its row in the directory included."""
    return length + len(path.encode("utf-8", "surrogatepass")) + _ROW


def encode(documents: Sequence[StoredDocument]) -> bytes:
    """Return a pack of documents that are in the order of their paths."""
    rows, offset = [], 0
    for document in documents:
        rows.append(
            (document.path, offset, len(document.stored), document.digest, document.encoding)
        )
        offset += len(document.stored)
    directory = deflate.raw(orjson.dumps(rows))
    parts = (
        MAGIC,
        _LENGTH.pack(len(directory)),
        directory,
        *(document.stored for document in documents),
    )
    return b"".join(parts)


def directory(pack: bytes) -> tuple[int, dict[str, PackedRow]]:
    """Return where the documents of a pack begin, and its rows by path; raise DamagedPack."""
    if pack[: len(MAGIC)] != MAGIC or len(pack) < HEAD:
        raise DamagedPack("it is not a pack")
    (length,) = _LENGTH.unpack_from(pack, len(MAGIC))
    try:
        text = zlib.decompress(pack[HEAD : HEAD + length], -zlib.MAX_WBITS)
        rows = [PackedRow(*row) for row in orjson.loads(text)]
    except (ValueError, TypeError, zlib.error) as error:
        raise DamagedPack("its directory cannot be read") from error
    return HEAD + length, {row.path: row for row in rows}


def documents(pack: bytes) -> list[StoredDocument]:
    """Return all documents of a pack; raise DamagedPack."""
    start, rows = directory(pack)
    return [
        StoredDocument(
            row.path,
            pack[start + row.offset : start + row.offset + row.length],
            row.encoding,
            row.digest,
        )
        for row in rows.values()
    ]
