"""JSON documents as publishers wrote them: read strictly, passed on unchanged.

What a client gets is the publisher's own text without the white space between tokens. It is not
dumped again from a model: numbers, key order and escapes stay as they were written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32

Json = Any  # any JSON value: the shape is the publisher's
Document = Mapping[str, Json]

_STRING_OR_SPACE = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+')


class DocumentError(ValueError):
    """The text is not one acceptable JSON object. `code` names the rule, `offset` the character."""

    def __init__(self, code: str, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset


def parse(data: bytes, *, max_bytes: int | None = MAX_BYTES) -> dict[str, Json]:
    """Read one JSON object strictly; DocumentError says what is wrong.

    Refused: other encodings than UTF-8, a byte order mark, keys given twice, NaN and Infinity,
    lone surrogates, more than 64 KiB (`max_bytes`, None for no bound), more than 32 levels.
    """
    if max_bytes is not None and len(data) > max_bytes:
        raise DocumentError(
            "file-too-large", f"the file has {len(data):,} bytes, at most {max_bytes:,} are allowed"
        )
    if data.startswith(b"\xef\xbb\xbf"):
        raise DocumentError("byte-order-mark", "the file starts with a byte order mark", 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError("not-utf-8", f"byte {error.start} is not UTF-8", None) from error
    _refuse_depth(data)
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise DocumentError("json-syntax", f"not JSON: {error.msg}", error.pos) from error
    if not isinstance(value, dict):
        raise DocumentError("not-an-object", "the document is not a JSON object", 0)
    _refuse_surrogates(value)
    return value


def compact(data: bytes) -> bytes:
    """Drop the white space between the tokens of a JSON text; every token stays as it is."""
    return _STRING_OR_SPACE.sub(rb"\1", data)


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentError(
            "duplicate-key", f"the key {json.dumps(twice)} is given twice in one object"
        )
    return result


def _refuse_constant(constant: str) -> Json:
    raise DocumentError("not-a-number", f"{constant} is not a JSON value")


def _integer(digits: str) -> int | float:
    # Python refuses to convert very long digit strings; as a float it is large or infinite.
    return int(digits) if len(digits) <= 300 else float(digits)


def _refuse_depth(data: bytes) -> None:
    # On the bytes, before the parser recurses. Brackets inside strings do not count.
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return
    depth = 0
    for token in re.finditer(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', data, re.DOTALL):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token[0], 0)
        if depth > MAX_DEPTH:
            message = f"the document is nested more than {MAX_DEPTH} levels deep"
            raise DocumentError(
                "nested-too-deep", message, len(data[: token.start()].decode("utf-8", "replace"))
            )


def _refuse_surrogates(value: Json) -> None:
    # A lone surrogate cannot be written as UTF-8; json.loads makes one from "\ud800".
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DocumentError("lone-surrogate", "a string holds half of a surrogate pair") from error
