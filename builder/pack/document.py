"""One document of a packed site: its bytes as they are stored, compressed where that is shorter."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from builder.pack import words
from builder.runtime import deflate
from builder.runtime.deflate import Deflate

SMALLEST = 48
"""Bytes below which nothing is compressed."""
SMALL = 64 * 1024
"""Bytes up to which a document refers back to a text: larger ones are sent on as they are stored."""
GZIP = "gzip"
_GZIP_BEGINS = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The bytes of a document as they stand in a pack.

    `encoding` is "gzip", the name of the text that it refers back to, or "" (as it is); `words` is
    that text, where the document is to be read. `digest` are the first 16 hex digits of the SHA-256
    of the document itself.
    """

    path: str
    stored: bytes
    encoding: str
    digest: str
    words: bytes = b""

    @property
    def body(self) -> bytes:
        """The document itself."""
        if self.encoding == GZIP:
            return gzip.decompress(self.stored)
        return words.inflated(self.words, self.stored) if self.encoding else self.stored


def stored(path: str, body: bytes, begun: Mapping[str, Deflate]) -> tuple[bytes, str]:
    """Return the bytes to store for a document, and their encoding.

    `begun` are the compressors of the texts by name. What is compressed already (the snapshot, a
    picture) would gain nothing, and some clients take the wrong layer off.
    """
    if len(body) < SMALLEST or body.startswith(_GZIP_BEGINS):
        return body, ""
    name = words.name_for(path)
    if name and len(body) <= SMALL:
        small, encoding = deflate.after(begun[name], body), name
    else:
        small, encoding = deflate.gzip_member(body), GZIP
    return (small, encoding) if len(small) <= len(body) * 7 // 8 else (body, "")
