"""Reading a snapshot: compressed JSON Lines, in constant memory."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import IO

from builder.errors import RemoteError

FORMAT = 1


def items(file: IO[bytes], sequence: int) -> Iterator[bytes]:
    """Give the item of every version, in the snapshot's order.

    Raises RemoteError if the snapshot does not stand for this sequence number, or is not whole.
    """
    try:
        with gzip.open(file) as lines:
            header = json.loads(next(lines, b""))
            if header["format"] != FORMAT or header["sequence"] != sequence:
                raise RemoteError(f"the snapshot is of no known form, or not of change {sequence}")
            count = 0
            for line in lines:
                yield line.rstrip(b"\n")
                count += 1
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise RemoteError(f"the snapshot cannot be read: {error}") from error
    if count != header["versions"]:
        raise RemoteError(f"the snapshot has {count} of its {header['versions']} versions")
