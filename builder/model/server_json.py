"""JSON documents as publishers wrote them: read strictly, passed on unchanged.

What a client gets is the publisher's own text without the white space between tokens. It is not
dumped again from a model: numbers, key order and escapes stay as they were written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from builder.model.exact_bytes import exact

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32

Json = Any  # any JSON value: the shape is the publisher's
Document = Mapping[str, Json]

_STRINGS = re.compile(r'("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
_SPACE = b" \t\r\n"
_AS_WRITTEN = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_STRING_OR_SPACE = re.compile(rb'("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+')


class DocumentError(ValueError):
    """The text is not one acceptable JSON object.

    `code` names the rule and `offset` the character; `token` is what it is about, where known.
    """

    def __init__(self, code: str, message: str, offset: int | None = None, token: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.offset = offset
        self.token = token


def parse(data: bytes, *, max_bytes: int | None = MAX_BYTES) -> dict[str, Json]:
    """Return the JSON object of a text, read strictly; DocumentError tells what is wrong.

    Refused: other encodings than UTF-8, a byte order mark, keys given twice, NaN and Infinity,
    lone surrogates, more than 64 KiB (`max_bytes`, None for no bound), more than 32 levels.
    """
    if max_bytes is not None and len(data) > max_bytes:
        raise DocumentError("file-too-large", too_large(len(data), max_bytes))
    value = _read_plain(data)
    if isinstance(value, dict) and _is_shallow(data, value):
        return value
    return _parse_strictly(data)


def _parse_strictly(data: bytes) -> dict[str, Json]:
    if data.startswith(b"\xef\xbb\xbf"):
        raise DocumentError("byte-order-mark", "the file starts with a byte order mark", 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = len(data[: error.start].decode("utf-8"))
        raise DocumentError("not-utf-8", f"byte {error.start} is not UTF-8", start) from error
    _refuse_depth(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise DocumentError("json-syntax", f"not JSON: {error.msg}", error.pos) from error
    except DocumentError as error:
        raise _placed(error, text) from None
    if not isinstance(value, dict):
        raise DocumentError("not-an-object", "the document is not a JSON object", 0)
    if _HALF.search(data):
        _refuse_surrogates(value, text)
    return value


def too_large(size: int, limit: int = MAX_BYTES) -> str:
    """Return the message that a file of `size` bytes is larger than `limit` bytes."""
    return f"the file has {size:,} bytes, at most {limit:,} are allowed"


class Compact(NamedTuple):
    """A JSON text without white space between its tokens, and its value: None if it has none."""

    text: bytes
    value: Json


def compact(data: bytes) -> Compact:
    """Return a JSON text without the white space between its tokens; each stays as it is."""
    value = _read_plain(data)
    if value is not None:
        return Compact(
            exact(orjson.dumps(value)), value
        )  # ten times faster, where the fast way applies
    text = _STRING_OR_SPACE.sub(rb"\1", data)
    try:
        return Compact(text, orjson.loads(text))
    except orjson.JSONDecodeError:
        return Compact(text, None)


def compact_strictly(data: bytes) -> Compact | None:
    """Drop the white space of a document that `parse` reads, of any size; None if it does not."""
    value = _read_plain(data)
    if isinstance(value, dict) and _is_shallow(data, value):
        return Compact(exact(orjson.dumps(value)), value)
    try:
        return Compact(_STRING_OR_SPACE.sub(rb"\1", data), _parse_strictly(data))
    except DocumentError:
        return None


def _read_plain(data: bytes) -> Json:
    """Return the value of a JSON text, read the fast way; None if only strict reading is safe."""
    # What orjson reads and writes again with the same tokens has no key twice, no number that it
    # rounds and no escape that it would have to judge. The tokens are the same if the texts are:
    # as the builder writes entries, or else without white space (in a string only spaces are).
    # 100,000 entries: 0.7 s of parsing, 2.0 s read strictly.
    try:
        value = orjson.loads(data)
        if data == orjson.dumps(value, option=_AS_WRITTEN):
            return value
        same = orjson.dumps(value).translate(None, _SPACE) == data.translate(None, _SPACE)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return value if same else None


def _is_shallow(data: bytes, value: Document) -> bool:
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return True
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        inner = (node.values() if isinstance(node, dict) else node for node in level)
        level = [value for values in inner for value in values if isinstance(value, (dict, list))]
        if not level:
            return True
    return False


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise DocumentError(
            "duplicate-key",
            f"the key {json.dumps(twice)} is given twice in one object",
            token=twice,
        )
    return result


def _refuse_constant(constant: str) -> Json:
    raise DocumentError("not-a-number", f"{constant} is not a JSON value", token=constant)


def _integer(digits: str) -> int | float:
    # Python refuses to convert very long digit strings, and readers hold them as a double anyway.
    return int(digits) if len(digits) <= 300 else _float(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        shown = digits if len(digits) <= 40 else f"{digits[:40]}…"
        raise DocumentError("not-a-number", f"{shown} is beyond a double", token=digits)
    return number


def _placed(error: DocumentError, text: str) -> DocumentError:
    # json.loads does not tell its hooks where they are. A key given twice is looked for from the
    # end, where the second one is more likely than the first.
    token = error.token
    if error.code == "duplicate-key":
        keys = [match.start() for match in _STRINGS.finditer(text) if _is_key(match, token)]
        error.offset = keys[-1] if keys else None
    else:
        outside = _STRINGS.sub(lambda match: " " * len(match[0]), text)
        error.offset = outside.find(token) if token in outside else None
    return error


def _is_key(match: re.Match[str], token: str) -> bool:
    try:
        return match[1] is not None and json.loads(match[1]) == token
    except ValueError:
        return False


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


def _refuse_surrogates(value: Json, text: str) -> None:
    # A lone surrogate cannot be written as UTF-8; json.loads makes one from "\ud800".
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        halves = (match.start() for match in _ESCAPES.finditer(text) if match[1])
        raise DocumentError(
            "lone-surrogate", "a string holds half of a surrogate pair", next(halves, None)
        ) from error


OFFICIAL = "io.modelcontextprotocol.registry/official"
"""The key of the registry's own block in `_meta`."""

_ID = re.compile(r"/schemas/([A-Za-z0-9_~.-]+)/server\.schema\.json")


def schema_id(url: object) -> str | None:
    """Return the id in a schema's URL, such as 2025-12-11, or None (R2: only the path counts)."""
    match = _ID.search(url) if isinstance(url, str) else None
    return match[1] if match else None
