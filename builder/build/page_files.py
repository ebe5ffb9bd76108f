"""Which files each maker's pages became, kept in blocks of the cache.

A maker is a server, a namespace, or a function that makes pages of the whole registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from builder.cache.store import Cache, decode, encode
from builder.output.file_list import FileList, of_rows


class PageFiles(NamedTuple):
    """The files of one maker, and the hash of what it made its pages from ("": not known)."""

    inputs: str
    files: FileList


def read_block(cache: Cache, block: str) -> dict[str, PageFiles]:
    """Return the files of the makers in a block, by their names.

    Raises UnusableCache if the block is missing or was altered.
    """
    rows = decode(cache.read(block))
    return {name: PageFiles(inputs, of_rows(files)) for name, inputs, files in rows}


def write_block(cache: Cache, makers: Mapping[str, PageFiles]) -> str:
    """Write the files of makers as a block of the cache, rows as they are; return its name."""
    rows = [
        b"".join((encode([name, made.inputs])[:-1], b",", made.files.rows, b"]"))
        for name, made in sorted(makers.items())
    ]
    return cache.write(b"".join((b"[", b",".join(rows), b"]")))
