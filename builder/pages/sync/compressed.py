"""A text in gzip (RFC 1952): the same bytes on every system."""

from __future__ import annotations

import struct
import zlib

_LEVEL = 6
# Deflate, no name, no time, operating system unknown. Not gzip.compress: what it writes
# into the header differs between Python's releases and between systems.
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def member(text: bytes) -> bytes:
    """Return a text as one member of gzip; a file may have any number of them."""
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    trailer = struct.pack("<II", zlib.crc32(text), len(text) & 0xFFFFFFFF)
    return b"".join((_HEADER, deflate.compress(text), deflate.flush(), trailer))
