"""A saved dump of a registry: a JSON list of items or a list response, plain or gzipped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.model.errors import RegistryError
from builder.net.decoding import PIECE, BadCoding, decoders


def read_dump(path: Path, max_bytes: int) -> list[Any]:
    """Read a saved dump. Single items may be of any shape.

    Raises RegistryError if the file cannot be read, is larger than `max_bytes` decoded, or is no
    dump.
    """
    try:
        value = json.loads(_read(path, max_bytes))
    except BadCoding as error:
        raise RegistryError(f"cannot read {path}: {error.message}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RegistryError(f"cannot read {path}: {error}") from error
    items = value.get("servers") if isinstance(value, dict) else value
    if not isinstance(items, list) or (items and not any(map(_is_item, items))):
        raise RegistryError(
            f"{path} is not a dump of a registry",
            help='a dump is a JSON list of {"server": ..., "_meta": ...}, or {"servers": [that list]}',
        )
    return items


def _read(path: Path, max_bytes: int) -> bytes:
    data = bytearray()
    with path.open("rb") as file:
        coding = "gzip" if file.read(2) == b"\x1f\x8b" else ""
        file.seek(0)
        pieces: Iterator[bytes] = iter(lambda: file.read(PIECE), b"")
        for decode in decoders(coding):
            pieces = decode(pieces)
        for piece in pieces:
            data += piece
            if len(data) > max_bytes:
                raise RegistryError(f"{path} holds more than {max_bytes:,} bytes")
    return bytes(data)


def _is_item(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("server"), dict)
