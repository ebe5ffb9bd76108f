"""The body of a publication: read, held to the official API's types, and written as an entry.

Contract, sections 1.10 and 3.7: what the types refuse is answered before anything else is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from builder.model import server_json
from builder.model.layout import entry_path
from builder.model.server_json import DocumentError
from builder.model.server_name import is_name
from builder.pages.api.problem import INVALID, ProblemDocument
from builder.rules.engine import typed_body
from builder.rules.engine.rule import Steps

_NUMBER = re.compile(r"[0-9]+")
NO_AUTHORIZATION = {
    "message": "required header parameter is missing",
    "location": "header.Authorization",
    "value": "",
}
"""What the official API adds to the errors of a request without the header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A server.json that keeps to the types: its name and version, and its bytes as an entry."""

    name: str
    version: str
    data: bytes

    @property
    def path(self) -> str:
        """Where it stands or will stand."""
        return entry_path(self.name, self.version)

    @property
    def has_place(self) -> bool:
        """Whether name and version can be a path: nothing else is ever written."""
        return is_name(self.name) and bool(self.version.strip())


def read(body: bytes) -> Draft | ProblemDocument:
    """Read the body of a publication, or say what is wrong with it: 400, 413 or 422."""
    try:
        content = server_json.parse(body)
    except DocumentError as error:
        return _unreadable(error)
    errors = tuple(_type_errors(content))
    if errors:
        return ProblemDocument(INVALID.status, INVALID.title, INVALID.detail, errors)
    return Draft(name=content["name"], version=content["version"], data=_entry(body, content))


def with_error(problem: ProblemDocument | None, error: Mapping[str, Any]) -> ProblemDocument:
    """Return a problem of the types with one more error."""
    errors = problem.errors if problem and problem.status == INVALID.status else ()
    return ProblemDocument(INVALID.status, INVALID.title, INVALID.detail, (*errors, error))


def location(steps: Steps) -> str:
    """Write the steps to a value as the official API does: packages[0].transport.url."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".")


def location_of_pointer(pointer: str) -> str:
    """Write a JSON Pointer as the official API writes a path."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return location(tuple(int(part) if _NUMBER.fullmatch(part) else part for part in parts))


def _unreadable(error: DocumentError) -> ProblemDocument:
    errors = ({"message": str(error), "location": "body"},)
    if error.code == "file-too-large":
        return ProblemDocument(413, "Content Too Large", str(error))
    if error.code == "not-an-object":
        return ProblemDocument(INVALID.status, INVALID.title, INVALID.detail, errors)
    return ProblemDocument(400, "Bad Request", INVALID.detail, errors)


def _type_errors(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    # An empty text counts as absent for Go, and so does one that is missing for the schema.
    for violation in typed_body.validator().violations(content):
        if violation.keyword == "additionalProperties":
            message, where = "unexpected property", violation.steps
        else:
            message, where = violation.message, violation.steps
        yield {"message": message, "location": f"body.{location(where)}".rstrip(".")}


def _entry(body: bytes, content: Mapping[str, Any]) -> bytes:
    """Write a document for people to read, unless that would change one of its numbers."""
    try:
        text = orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a number of more than 64 bits
        return body
    return body if _has_fraction(content) else text


def _has_fraction(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_fraction, value.values()))
    if isinstance(value, list):
        return any(map(_has_fraction, value))
    return isinstance(value, float)
