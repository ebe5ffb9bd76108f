"""What a JSON Schema says is wrong with a value: where, and the fact with value and limit.

Of alternatives the one that the publisher meant is explained, not every one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.rules.engine.fields import quoted
from builder.rules.engine.rule import Steps


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword of a schema that a value breaks: where, and the fact with value and limit.

    `limit` is what the keyword says: a type, a list of choices, a number; None for some keywords.
    """

    keyword: str
    steps: Steps
    message: str
    limit: Any = None


def explain(slow: Any, document: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what a validator of jsonschema says is wrong with a document, in this project's words."""
    is_explained = False
    for error in slow.iter_errors(document):
        for leaf in _leaves(error):
            is_explained = True
            yield from _violations(leaf)
    if not is_explained:
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


def missing_key(steps: Steps, key: str, limit: list[str], value: Any) -> Iterator[Violation]:
    """Yield that an object at `steps` has not a key of the required ones (`limit`); once if it is empty."""
    if value:
        yield Violation("required", (*steps, key), f"{key} is missing")
    elif key == limit[0]:
        yield Violation("required", steps, f"the object is empty: {_all(limit)} missing", limit)


def _violations(error: Any) -> Iterator[Violation]:
    steps = tuple(error.absolute_path)
    keyword, limit, value = error.validator, error.validator_value, error.instance
    if keyword == "required":
        # One error for each missing key; the message is the only place that says which.
        missing = next(key for key in limit if error.message.startswith(repr(key)))
        yield from missing_key(steps, missing, limit, value)
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
