"""Reading shards of the change log: bytes in, changes out.

A shard is a list response in its one form in bytes (no white space between tokens), so that the
publisher's document can be taken out as it is: numbers, key order and escapes as they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from builder.model.errors import RemoteError
from builder.pull import item
from builder.pull.item import Item, Key

_DECODER = json.JSONDecoder()
_LIST, _SERVER, _META = '{"servers":[', '{"server":', ',"_meta":'


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """One event: its number, the hash of its bytes, the version, and its item from now on.

    `item` is None if the version is gone.
    """

    sequence: int
    digest: str
    key: Key
    item: Item | None


def read(body: bytes, change_key: str) -> tuple[LoggedChange, ...]:
    """Read a shard; RemoteError if it is not one. `change_key` is the head's."""
    try:
        return tuple(_changes(body.decode(), change_key))
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise RemoteError("a shard of the change log is of no known form") from error


def _changes(text: str, change_key: str) -> Iterator[LoggedChange]:
    position = _skip(text, 0, _LIST)
    while text[position] != "]":
        start = position
        document, after = _value(text, _skip(text, position, _SERVER))
        meta, end = _value(text, _skip(text, after, _META))
        position = _skip(text, end, "}")
        change = meta.pop(change_key)
        body = f"{text[start:after]}{_META}".encode() + orjson.dumps(meta) + b"}"
        yield LoggedChange(
            sequence=item.number_of(change["sequence"]),
            digest=hashlib.sha256(text[start:position].encode()).hexdigest(),
            key=(item.text_of(document["name"]), item.text_of(document["version"])),
            item=None if change["kind"] == "removed" else item.read(body),
        )
        position += text[position] == ","


def _value(text: str, position: int) -> tuple[dict[str, Any], int]:
    value, end = _DECODER.raw_decode(text, position)
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value, end


def _skip(text: str, position: int, expected: str) -> int:
    if not text.startswith(expected, position):
        raise ValueError(f"no {expected} at {position}")
    return position + len(expected)
