"""The JSON Schemas of server.json: compiled once, asked fast, explained slowly.

jsonschema-rs says whether a document is valid (150,000 a second); only for one that is not does
jsonschema say why (2,000 a second). Both assert `format: uri` and read patterns as the official
registry's Go library does: ASCII classes, anchored at the very end.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from builder.model.server_json import schema_id
from builder.rules.engine import go_url
from builder.rules.engine.fields import quoted
from builder.rules.engine.schema_violation import Violation, explain, missing_key
from builder.runtime import resources

DATES = ("2025-07-09", "2025-09-16", "2025-09-29", "2025-10-11", "2025-10-17", "2025-12-11")
CURRENT = DATES[-1]


MOST = 200
"""Findings that are told of one entry: 64 KiB can hold 30,000 mistakes, which help nobody."""

Schema = dict[str, Any]


def declared_date(url: object) -> str:
    """Return the date of the schema that a document declares; the current one if it is none of ours."""
    date = schema_id(url)
    return date if date in DATES else CURRENT


@functools.cache
def load(date: str) -> Schema:
    """Read the official schema of a date."""
    path = resources.folder("schema") / "official" / date / "server.schema.json"
    schema: Schema = json.loads(path.read_bytes())
    return schema


def is_uri(text: object) -> bool:
    """Return whether a string passes `format: uri`: parsable and absolute.

    An empty string counts as absent, since the official registry drops empty members.
    """
    return not isinstance(text, str) or _is_uri(text)


@functools.lru_cache(maxsize=16384)  # versions mostly share their addresses
def _is_uri(text: str) -> bool:
    url = go_url.parse(text) if text else None
    return not text or (url is not None and bool(url.scheme))


class Validator:
    """A compiled schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = _ascii(schema)
        self._fast = _compiled(self._schema)
        self._definitions: dict[str, Any] = {}

    def violations(self, document: Mapping[str, Any]) -> Iterator[Violation]:
        """Yield what is wrong with a document; nothing if it is valid."""
        if not self._fast.is_valid(document):
            found = self._missing(document) or explain(self._slow, document)
            yield from islice(found, MOST + 1)  # one more says: not all

    def _missing(self, document: Mapping[str, Any]) -> list[Violation]:
        """Return the required keys that one object, or objects of one list, have not; none if more is wrong.

        Nine of ten faulty documents are so, and need no slow validator.
        """
        found: list[Violation] = []
        lists = set()
        for error in self._fast.iter_errors(document):
            steps = tuple(error.instance_path)
            lists.add(tuple(step for step in steps if isinstance(step, str)))
            # The two validators order the errors of different objects differently.
            if type(error.kind).__name__ != "Required" or len(lists) > 1 or len(found) > MOST:
                return []
            limit = _at(self._schema, error.schema_path)
            found += missing_key(steps, error.kind.property, limit, error.instance)
        return found

    @functools.cached_property
    def _slow(self) -> Any:
        import jsonschema

        checker = jsonschema.FormatChecker(())
        checker.checks("uri")(is_uri)
        extend: Any = jsonschema.validators.extend
        keywords = {"pattern": _anchored_pattern, "$ref": self._definition}
        return extend(jsonschema.Draft7Validator, keywords)(self._schema, format_checker=checker)

    def _definition(self, slow: Any, ref: str, value: Any, schema: Any) -> Iterator[Any]:
        """Ask the slow validator only about the parts of a document that are wrong.

        That takes less than half of the time of asking about all.
        """
        import jsonschema

        if ref not in self._definitions:
            self._definitions[ref] = _compiled({**self._schema, "$ref": ref})
        if not self._definitions[ref].is_valid(value):
            yield from jsonschema.Draft7Validator.VALIDATORS["$ref"](slow, ref, value, schema)


def _at(schema: Schema, steps: Iterable[str | int]) -> Any:
    node: Any = schema
    for step in steps:
        node = node[step]
    return node


def _compiled(schema: Schema) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(
        schema, formats={"uri": _is_uri}, validate_formats=True, offline=True
    )


@functools.cache
def validator(date: str) -> Validator:
    """Return the compiled official schema of a date."""
    return Validator(load(date))


def _ascii(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _ascii_pattern(value)
            if key == "pattern" and isinstance(value, str)
            else _ascii(value)
            for key, value in node.items()
            if key not in ("example", "examples", "$id")
        }
    return [_ascii(item) for item in node] if isinstance(node, list) else node


def _ascii_pattern(pattern: str) -> str:
    # Go's classes: https://pkg.go.dev/regexp/syntax
    return pattern.replace(r"\d", "[0-9]").replace(r"[^\s]", r"[^\t\n\f\r ]")


def _anchored_pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
    import jsonschema

    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield jsonschema.ValidationError(f"{quoted(value)} does not match {pattern}")
