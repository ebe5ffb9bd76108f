"""One document of a packed site: its bytes as they are stored, compressed where that is shorter."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass

LEVEL = 6
SMALLEST = 256
"""Bytes below which nothing is compressed."""
GZIP = "gzip"
# RFC 1952: deflate, no name, no time, operating system unknown: the same on every system.
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The bytes of a document as they stand in a pack.

    `encoding` is "gzip" or "" (as it is); `digest` are the first 32 hex digits of the SHA-256 of
    the document itself.
    """

    path: str
    stored: bytes
    encoding: str
    digest: str

    @property
    def body(self) -> bytes:
        """The document itself."""
        return gzip.decompress(self.stored) if self.encoding else self.stored


def stored(body: bytes) -> tuple[bytes, str]:
    """Return the bytes to store for a document, and their encoding.

    What is compressed already (the snapshot, a picture) would gain nothing, and some clients take
    the wrong layer off.
    """
    if len(body) < SMALLEST:
        return body, ""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    trailer = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    small = b"".join((_HEADER, deflate.compress(body), deflate.flush(), trailer))
    return (small, GZIP) if len(small) <= len(body) * 7 // 8 else (body, "")
