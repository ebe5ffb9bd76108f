"""Gzip read whole and bounded: a kilobyte of it can become a megabyte."""

from __future__ import annotations

import zlib


def text_of(body: bytes, limit: int) -> bytes:
    """Return what a file of gzip has in its first member; ValueError if that is cut off, longer than
    `limit` bytes, or no gzip (RFC 1952).
    """
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = inflate.decompress(body, limit)
    except zlib.error as error:
        raise ValueError(f"it is not gzip: {error}") from error
    if not inflate.eof:
        raise ValueError(f"it is cut off, or longer than {limit:,} bytes")
    return text
