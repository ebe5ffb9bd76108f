"""The head of a registry, and the rows of its indexes: read strictly, since everything hangs on them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import httpx

from builder.model.errors import RemoteError
from builder.pull.item import number_of, text_of

FORMAT = 1
SNAPSHOT_FILE, INDEX_FILE = "snapshot.jsonl.gz", "changes/index.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file as an index has it: its URL and hash, and the sequence numbers of its events."""

    url: str
    first: int
    last: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a registry: where its history stands, and the hashes of its files.

    `event` is the hash of the newest event, `change` the key of a change in an item's `_meta`,
    `newest` the rows of files that end with that event, `etag` the head's own validator.
    """

    sequence: int
    event: str
    change: str
    newest: Sequence[Row]
    sha256: Mapping[str, str]
    etag: str


def parse(url: httpx.URL | str, body: IO[bytes]) -> Any:
    """Read and close an answer; RemoteError if it is not JSON."""
    try:
        with body:
            return json.loads(body.read())
    except (ValueError, RecursionError) as error:
        raise RemoteError(f"{url} is not JSON") from error


def read_head(url: httpx.URL, value: Any, etag: str) -> Head:
    """Read a head with its validator; RemoteError if it is of no known form."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise RemoteError(f"{url} is not a head of a known format", help="upgrade mcp-registry")
    try:
        return Head(
            sequence=number_of(value["sequence"]),
            event=text_of(value["event"]),
            change=text_of(value["change"]),
            newest=rows(value["newest"]),
            sha256={name: _hash(value["sha256"][name]) for name in (SNAPSHOT_FILE, INDEX_FILE)},
            etag=etag,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RemoteError(f"{url} is not a whole head") from error


def rows(value: Any) -> tuple[Row, ...]:
    """Read rows of an index; RemoteError if they are not of their form."""
    try:
        return tuple(
            Row(
                url=text_of(row["url"]),
                first=number_of(row["from"]),
                last=number_of(row["to"]),
                sha256=_hash(row["sha256"]),
            )
            for row in value
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RemoteError(f"rows of an index are of no known form: {error!r}") from error


def _hash(value: Any) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"{value!r:.100} is no SHA-256 in hex")
    return value
