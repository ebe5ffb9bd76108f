"""The index of something that is cut into files: one row for each, with its SHA-256.

Where one index file would grow past 64 KiB it is itself cut into parts that are named by their
content and never change. Where it is cut depends on each row's URL alone, so that a change to
one row renews one part, at any size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from builder.model.page import Page

LIMIT = 64 * 1024
PART_ROWS = 128
"""Rows of a part on average. At 230 bytes a row that is 30 KiB, and one row of `index.json`."""

Row = Mapping[str, str | int]
_OPENING, _CLOSING = ("first", "from", "since"), ("last", "to", "until")


def pages(folder: str, key: str, rows: Sequence[Row]) -> Iterator[Page]:
    """Make `<folder>/index.json`: `{<key>: rows}`, or `{"parts": [...]}` and the parts before it.

    A part has the form of an index; its row in `index.json` has the columns of the rows it holds,
    over all of them. URLs are relative to `index.json`, in the parts too.
    """
    whole = orjson.dumps({key: rows})
    if len(whole) > LIMIT:
        parts = []
        for group in _groups(rows):
            body = orjson.dumps({key: group})
            digest = sha256(body)
            url = f"index/{digest[:16]}.json"
            yield Page(f"{folder}/{url}", body)
            parts.append(_summary(group, url, digest))
        whole = orjson.dumps({"parts": parts})
    yield Page(f"{folder}/index.json", whole)


def sha256(body: bytes) -> str:
    """Return the SHA-256 of a file as the indexes write it: 64 lower-case hex digits."""
    return hashlib.sha256(body).hexdigest()


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    size = 0
    for row in rows:
        length = len(orjson.dumps(row)) + 1
        if group and (_opens_part(row) or size + length > LIMIT - 16):
            yield group
            group, size = [], 0
        group.append(row)
        size += length
    yield group


def _opens_part(row: Row) -> bool:
    digest = hashlib.sha256(str(row["url"]).encode()).digest()
    return int.from_bytes(digest[:4]) % PART_ROWS == 0


def _summary(group: Sequence[Row], url: str, digest: str) -> Row:
    """One row for many, its columns in their order."""
    columns: dict[str, str | int] = {
        **{key: group[0][key] for key in _OPENING if key in group[0]},
        **{key: group[-1][key] for key in _CLOSING if key in group[-1]},
        "url": url,
        "count": sum(int(row["count"]) for row in group),
        "sha256": digest,
    }
    return {key: columns[key] for key in group[0]}
