"""Rules on the text of an entry: whether it is one JSON object that every reader reads alike.

builder/model/server_json.py reads; here is what its refusals mean. A document that cannot be read
is an error wherever it came from, and no other rule looks at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from builder.model.server_json import MAX_BYTES, MAX_DEPTH, DocumentError, too_large
from builder.rules import json_mistakes
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, document, encode, entry, text
from builder.rules.engine.subject import Entry

_GOOD = encode(document())


def _refused(code: str) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        if item.error is not None and item.error.code == code:
            explain = _EXPLAINED.get(code)
            yield (
                explain(item.data, item.error)
                if explain
                else Problem(
                    message=str(item.error), offset=item.error.offset, help=_HELP.get(code, "")
                )
            )

    return check


_HELP: Mapping[str, str] = {
    "byte-order-mark": 'save the file as "UTF-8", not as "UTF-8 with BOM"',
    "duplicate-key": "keep one of the two",
    "not-a-number": "write a number with digits, or a text in quotes",
    "lone-surrogate": "write the character itself, or both halves of its escape",
    "nested-too-deep": "no part of server.json is nested as deep: a bracket may not be closed",
}


def _not_json(data: bytes, error: DocumentError) -> Problem:
    reason = str(error).removeprefix("not JSON: ")
    mistake = json_mistakes.explain(data.decode("utf-8", "replace"), error.offset or 0, reason)
    return Problem(message=mistake.message, help=mistake.help, offset=mistake.offset)


def _not_text(data: bytes, error: DocumentError) -> Problem:
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return Problem(
        message="the file is UTF-16, not UTF-8" if utf16 else str(error),
        offset=error.offset,
        help="save the file as UTF-8" + ("" if utf16 else ": it may be Latin-1 or Windows-1252"),
    )


def _not_an_object(data: bytes, _error: DocumentError) -> Problem:
    message, help = _other_value(json.loads(data, parse_int=str, parse_float=str))
    return Problem(message=message, help=help, offset=0)


def _other_value(value: object) -> tuple[str, str]:
    """Return the fact and the fix for a document that is JSON but no object."""
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict):
            return "the document is a list with one object", "delete the [ and ] around it"
        return (
            f"the document is a list of {len(value):,}, not an object",
            "one file is one version: write each object into a file of its own",
        )
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, dict):
            return (
                "the document is a text that holds an object",
                'it was encoded twice: delete the outer quotes and the \\ before each "',
            )
    kind = {str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
    return f"the document is {kind}, not an object", "an entry begins with { and ends with }"


_EXPLAINED: Mapping[str, Callable[[bytes, DocumentError], Problem]] = {
    "json-syntax": _not_json,
    "not-utf-8": _not_text,
    "not-an-object": _not_an_object,
}


def _rule(code: str, summary: str, explanation: str, failing: bytes) -> Rule[Entry]:
    return Rule(
        code=code,
        summary=summary,
        explanation=explanation,
        check=_refused(code),
        failing=text(failing),
        passing=text(_GOOD),
        structural=True,
    )


def _too_large(item: Entry) -> Iterator[Problem]:
    size = len(item.data) if item.size is None else item.size
    if size > MAX_BYTES:
        yield Problem(
            message=too_large(size),
            help="the long text belongs in the README of the server's repository",
            structural=item.size is not None,  # it was not read
        )


SIZE = Rule(
    code="file-too-large",
    summary=f"An entry has at most {MAX_BYTES // 1024} KiB.",
    explanation="Every client that syncs the registry downloads every entry. "
    "Of the official registry's 2,628 versions in December 2025 one is larger.",
    check=_too_large,
    about=EntryPart.LARGE,
    failing=replace(text(b" " * MAX_BYTES + _GOOD), shown="a file of 65,725 bytes"),
    passing=entry(),
)

RULES: tuple[Rule[Entry], ...] = (
    _rule(
        "byte-order-mark",
        "An entry does not start with a byte order mark.",
        "RFC 8259 forbids it, and many JSON readers stop at it. Save the file as UTF-8 without BOM.",
        b"\xef\xbb\xbf" + _GOOD,
    ),
    _rule(
        "not-utf-8",
        "An entry is encoded in UTF-8.",
        "JSON between computers is UTF-8 (RFC 8259, section 8.1).",
        _GOOD.replace(b"weather.", b"weather \xff"),
    ),
    _rule(
        "json-syntax",
        "An entry is JSON.",
        "No comments, no trailing commas, double quotes, and nothing after the closing brace.",
        _GOOD.replace(b'"1.0.0"', b'"1.0.0",'),
    ),
    _rule(
        "not-an-object",
        "An entry is a JSON object.",
        "The document is a `server.json`: an object with `name`, `description` and `version`.",
        b"[]",
    ),
    _rule(
        "duplicate-key",
        "No object has a key twice.",
        "Readers disagree on which of the two counts, so that what was reviewed need not be what a "
        "client installs.",
        _GOOD.replace(b'"version"', b'"version": "2.0.0",\n  "version"'),
    ),
    _rule(
        "not-a-number",
        "Numbers are JSON numbers that a double can hold.",
        "`NaN` and `Infinity` are not JSON, and `1e999` is read as infinity by some readers and "
        "refused by others.",
        _GOOD.replace(b'"1.0.0"', b"NaN"),
    ),
    _rule(
        "lone-surrogate",
        "Strings hold whole characters.",
        "An escape such as `\\ud83d` is half of a character. It has no UTF-8 form, and what readers "
        "make of it differs.",
        _GOOD.replace(b"weather.", b"weather \\ud83d"),
    ),
    _rule(
        "nested-too-deep",
        f"A document is nested at most {MAX_DEPTH} levels deep.",
        "Readers that recurse give up at a depth of their own.",
        b'{"a": ' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    ),
)
