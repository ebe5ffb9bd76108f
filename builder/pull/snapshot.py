"""Reading a snapshot: compressed JSON Lines, in constant memory."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import IO

from builder.model.errors import RemoteError
from builder.pull import item
from builder.pull.item import Item

FORMAT = 1
LONGEST = 1 << 24
"""Bytes of the longest line: what one holds in memory."""


def items(file: IO[bytes], sequence: int) -> Iterator[Item]:
    """Return the item of every version, in the snapshot's order.

    Raises RemoteError if the snapshot does not stand for this sequence number, is not whole, or
    is not in the order of its keys.
    """
    try:
        with gzip.open(file) as lines:
            header = json.loads(_line(lines))
            if header["format"] != FORMAT or header["sequence"] != sequence:
                raise RemoteError(f"the snapshot is of no known form, or not of change {sequence}")
            count, before = 0, ("", "")
            while line := _line(lines):
                version = item.read(line.rstrip(b"\n"))
                if version.key <= before:
                    raise RemoteError(f"the snapshot has {version.key} out of order")
                yield version
                before = version.key
                count += 1
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise RemoteError(f"the snapshot cannot be read: {error}") from error
    if count != header["versions"]:
        raise RemoteError(f"the snapshot has {count} of its {header['versions']} versions")


def _line(lines: gzip.GzipFile) -> bytes:
    line = lines.readline(LONGEST)
    if len(line) == LONGEST:
        raise RemoteError(f"the snapshot has a line of more than {LONGEST:,} bytes")
    return line
