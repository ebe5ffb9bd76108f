"""Proofs of a mirrored version by the log of the registry that it came from first.

A mirror keeps, in a version's outer `_meta` under `<extension namespace of the origin>/logged`, where
in the origin's log it stands and what the origin said of it, and publishes the origin's signed
tiles below `origins/`. From both and the document follow the bytes that the origin served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from builder.model.layout import ORIGINS
from builder.pull.item import Item
from builder.trust import leaf
from builder.trust.leaf import LogLeaf
from builder.trust.tiles import ProofError

SUFFIX = "/logged"
FOLDER, INDEX = ORIGINS, "index.json"
_SERVER, _META = '{"server":', ',"_meta":'
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginRow:
    """A log of which a mirror keeps the tiles: its name, and their folder below `origins/`."""

    log: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginEntry:
    """Where a version stands in its origin's log: that log's name, the entry's number and bytes."""

    log: str
    index: int
    entry: bytes


def folder_of(log: str) -> str:
    """Return the folder below `origins/` for a log: no name of a log is a path everywhere."""
    return hashlib.sha256(log.encode()).hexdigest()[:16]


def block(log: str, index: int, entry: LogLeaf, meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a mirror keeps of an entry; `meta` is the outer `_meta` as the origin served it."""
    return {
        "log": log,
        "entry": index,
        "sequence": entry.sequence,
        "time": entry.time,
        "kind": entry.kind,
        "meta": dict(meta),
    }


def is_kept(meta: Mapping[str, Any]) -> bool:
    """Return whether an outer `_meta` has an origin's entry already."""
    return any(key.endswith(SUFFIX) for key in meta)


def document_of(body: str) -> str:
    """Return the publisher's document out of a ServerResponse, as its text; ValueError if there is none."""
    if not body.startswith(_SERVER):
        raise ValueError("no ServerResponse in its one form in bytes")
    _, end = _DECODER.raw_decode(body, len(_SERVER))
    if not body.startswith(_META, end):
        raise ValueError("no ServerResponse in its one form in bytes")
    return body[len(_SERVER) : end]


def origin_body(document: str, meta: Mapping[str, Any]) -> bytes:
    """Return the ServerResponse that an origin served, from the document and its `_meta`."""
    return f"{_SERVER}{document}{_META}".encode() + orjson.dumps(meta) + b"}"


def entry_of(answer: Item) -> OriginEntry:
    """Return the origin's entry that a mirrored version must be; ProofError if it names none."""
    try:
        text = answer.body.decode()
        meta = json.loads(text)["_meta"]
        kept = next((value for key, value in meta.items() if key.endswith(SUFFIX)), None)
        if kept is None:
            raise ProofError(f"the mirror keeps no origin's proof of {' '.join(answer.key)}")
        body = origin_body(document_of(text), kept["meta"])
        entry = leaf.event(
            sequence=int(kept["sequence"]),
            time=str(kept["time"]),
            kind=str(kept["kind"]),
            name=answer.key[0],
            version=answer.key[1],
            sha256=hashlib.sha256(body).hexdigest(),
        )
        return OriginEntry(log=str(kept["log"]), index=int(kept["entry"]), entry=entry)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProofError("the mirror's proof of the origin is of no known form") from error


def read_index(body: bytes) -> tuple[OriginRow, ...]:
    """Read the list of the logs whose tiles a mirror keeps; ProofError if it is none."""
    try:
        rows = orjson.loads(body)["origins"]
        return tuple(OriginRow(log=str(row["log"]), url=str(row["url"])) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        raise ProofError("the mirror's list of origins is of no known form") from error
