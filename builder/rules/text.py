"""Rules on the text of an entry: whether it is one JSON object that every reader reads alike.

builder/model/server_json.py reads; here is what its refusals mean. A document that cannot be read is an
error wherever it came from, and no other rule looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from builder.model.server_json import MAX_BYTES, MAX_DEPTH, too_large
from builder.rules.engine.rule import Problem, Rule, document, encode, entry, text
from builder.rules.engine.subject import Entry

_GOOD = encode(document())


def _refused(code: str) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        if item.error is not None and item.error.code == code:
            yield Problem(
                message=str(item.error),
                offset=item.error.offset,
                help="an entry is one JSON object in UTF-8 (RFC 8259)",
            )

    return check


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
