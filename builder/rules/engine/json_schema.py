"""The JSON Schemas of server.json: compiled once, asked fast, explained slowly.

jsonschema-rs says whether a document is valid (150,000 a second); only for one that is not does
jsonschema say why (2,000 a second). Both assert `format: uri` and read patterns as the official
registry's Go library does: ASCII classes, anchored at the very end.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from builder.model.server_json import schema_id
from builder.rules.engine import go_url
from builder.rules.engine.fields import quoted
from builder.rules.engine.rule import Steps
from builder.runtime import resources

DATES = ("2025-07-09", "2025-09-16", "2025-09-29", "2025-10-11", "2025-10-17", "2025-12-11")
CURRENT = DATES[-1]


MOST = 200
"""Findings that are told of one entry: 64 KiB can hold 30,000 mistakes, which help nobody."""

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword of a schema that a value breaks: where, and the fact with value and limit.

    `limit` is what the keyword says: a type, a list of choices, a number; None for some keywords.
    """

    keyword: str
    steps: Steps
    message: str
    limit: Any = None


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
    if not isinstance(text, str) or not text:
        return True
    url = go_url.parse(text)
    return url is not None and bool(url.scheme)


class Validator:
    """A compiled schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = _ascii(schema)
        self._fast = _compiled(self._schema)
        self._definitions: dict[str, Any] = {}

    def violations(self, document: Mapping[str, Any]) -> Iterator[Violation]:
        """Yield what is wrong with a document; nothing if it is valid."""
        if not self._fast.is_valid(document):
            yield from islice(_explain(self._slow, document), MOST + 1)  # one more says: not all

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


def _compiled(schema: Schema) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(
        schema, formats={"uri": is_uri}, validate_formats=True, offline=True
    )


@functools.cache
def validator(date: str) -> Validator:
    """The compiled official schema of a date."""
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


def _explain(slow: Any, document: Mapping[str, Any]) -> Iterator[Violation]:
    found = False
    for error in slow.iter_errors(document):
        for leaf in _leaves(error):
            found = True
            yield from _violations(leaf)
    if not found:
        yield Violation("anyOf", (), "the document does not follow the schema")


def _leaves(error: Any) -> Iterator[Any]:
    """Of alternatives, explain the one that the publisher meant."""
    if not error.context:
        yield error
        return
    branches: dict[Any, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(map(_is_other_type, branch))]
    if not meant or len(meant) == len(branches):
        yield error
        return
    for inner in min(meant, key=len):
        yield from _leaves(inner)


def _is_other_type(error: Any) -> bool:
    # The alternatives of the schema differ by their `type`, each an enum of one.
    leaf = list(error.path)[-1:] == ["type"] and error.validator in ("enum", "type")
    return leaf or (error.validator == "required" and "'type'" in error.message)


def _violations(error: Any) -> Iterator[Violation]:
    steps = tuple(error.absolute_path)
    keyword, limit, value = error.validator, error.validator_value, error.instance
    if keyword == "required":
        # One error for each missing key; the message is the only place that says which.
        missing = next(key for key in limit if error.message.startswith(repr(key)))
        if value:
            yield Violation(keyword, (*steps, missing), f"{missing} is missing")
        elif missing == limit[0]:
            yield Violation(keyword, steps, f"the object is empty: {_all(limit)} missing", limit)
    elif keyword == "additionalProperties":
        for key in value:
            if key in error.schema.get("properties", {}):
                continue
            yield Violation(
                keyword, (*steps, key), f"{quoted(key)} is not a property of this object"
            )
    elif keyword == "anyOf":
        yield _no_alternative(error, steps)
    else:
        yield Violation(keyword, steps, _fact(keyword, limit, value, error.message), limit)


def _no_alternative(error: Any, steps: Steps) -> Violation:
    value = error.instance
    names = [
        name
        for inner in error.context
        if inner.validator == "enum" and list(inner.path)[-1:] == ["type"]
        for name in inner.validator_value
    ]
    if names and isinstance(value, Mapping):
        given = quoted(value["type"]) if "type" in value else "absent"
        return Violation("enum", (*steps, "type"), f"type is {given}, not {_either(names)}", names)
    if not isinstance(value, Mapping):
        return Violation("type", steps, f"{quoted(value)} is not an object", "object")
    if "type" not in value and any(map(_is_other_type, error.context)):
        return Violation("required", (*steps, "type"), "type is missing")
    missing = [key for part in error.validator_value for key in part.get("required", ())]
    if missing:
        return Violation("anyOf", (*steps, missing[0]), f"{_either(missing)} is missing")
    return Violation(
        "anyOf", steps, f"{quoted(value)} fits none of the forms that the schema allows"
    )


def _fact(keyword: str, limit: Any, value: Any, otherwise: str) -> str:
    if keyword in ("minLength", "maxLength"):
        bound = "least" if keyword == "minLength" else "most"
        return f"{len(value):,} characters, at {bound} {limit:,} are allowed"
    if keyword == "type":
        return f"{quoted(value)} is not {_article(limit)}"
    if keyword == "enum":
        return f"{quoted(value)} is not {_either(limit)}"
    if keyword == "pattern":
        return f"{quoted(value)} does not match {limit}"
    if keyword == "format":
        return f"{quoted(value)} is not an absolute URL"
    if keyword == "not":
        return f"{quoted(value)} is not allowed"
    return otherwise if len(otherwise) <= 200 else f"{quoted(value)} breaks {keyword}"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _all(keys: list[str]) -> str:
    return f"{keys[0]} is" if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]} are"


def _either(values: list[Any]) -> str:
    names = [
        value if isinstance(value, str) else json.dumps(value) for value in dict.fromkeys(values)
    ]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
