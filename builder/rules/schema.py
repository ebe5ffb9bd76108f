"""Rules on the schema: which one an entry declares (R1 to R4), that it holds, and R41 and R42."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from builder.model import server_json
from builder.model.finding import Severity
from builder.rules.engine import json_schema
from builder.rules.engine.fields import quoted
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import SCHEMA_URL, Problem, Rule, entry
from builder.rules.engine.subject import Entry
from builder.rules.repairs import repair

_HELP = f'"$schema": "{SCHEMA_URL}"'
_AT = ("$schema",)


def _missing(item: Entry) -> Iterator[Problem]:
    if item.document.get("$schema") in (None, ""):
        yield Problem(message="there is no $schema", steps=_AT, help=_HELP)


def _not_a_schema(item: Entry) -> Iterator[Problem]:
    url = item.document.get("$schema")
    if isinstance(url, str) and url and server_json.schema_id(url) is None:
        yield Problem(
            message=f"{quoted(url)} does not hold /schemas/<date>/server.schema.json",
            steps=_AT,
            help=_HELP,
        )


def _unknown_date(item: Entry) -> Iterator[Problem]:
    date = server_json.schema_id(item.document.get("$schema"))
    if date is not None and date not in json_schema.DATES:
        yield Problem(
            message=f"there is no schema of {date}; there are {', '.join(json_schema.DATES)}",
            steps=_AT,
            help=_HELP,
        )


def _outdated(item: Entry) -> Iterator[Problem]:
    url = item.document.get("$schema")
    if server_json.schema_id(url) is not None and url != SCHEMA_URL:
        yield Problem(message=f"{quoted(url)} is not the current schema", steps=_AT, help=_HELP)


def _breaks(*keywords: str) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        for violation in item.violations:
            if violation.keyword in keywords or (not keywords and violation.keyword not in _NAMED):
                yield Problem(
                    message=violation.message,
                    steps=violation.steps,
                    help=_date_help(item) or repair(violation, item.document),
                )

    return check


def _date_help(item: Entry) -> str:
    if item.schema_date == json_schema.CURRENT:
        return ""
    return f"this is the schema of {item.schema_date}; the current one is {SCHEMA_URL}"


def _body(item: Entry) -> Iterator[Problem]:
    for violation in item.body_violations:
        if violation.keyword != "additionalProperties":
            yield Problem(
                message=f"the official registry refuses this: {violation.message}",
                steps=violation.steps,
                help=repair(violation, item.document),
            )


def _schema_rule(
    code: str, summary: str, explanation: str, *keywords: str, **bad: Any
) -> Rule[Entry]:
    return Rule(
        code=code,
        summary=summary,
        explanation=explanation,
        generality=0 if code == "schema-length" else 1,
        check=_breaks(*keywords),
        about=EntryPart.VIOLATION,
        failing=entry(**bad),
        passing=entry(),
    )


_STDIO = {"type": "stdio"}
_PACKAGE = {
    "registryType": "npm",
    "identifier": "@example/weather",
    "version": "1.0.0",
    "transport": _STDIO,
}
_KEYWORDS = (
    ("schema-required", "Everything that the schema requires is there.",
     "An entry needs `name`, `description` and `version`; a package `registryType`, `identifier` "
     "and `transport`; a repository `url` and `source`.",
     ("required",), {"packages": [{"registryType": "npm", "transport": _STDIO}]}),
    ("schema-type", "Every value has the type that the schema gives it.",
     "Defaults and values of inputs are strings even where they stand for numbers: `\"8080\"`.",
     ("type",), {"title": 8080}),
    ("schema-length", "Texts keep within their lengths.",
     "Counted in characters. `description` and `title` have 1 to 100, `name` 3 to 200, "
     "`version` up to 255, an icon's `src` up to 255.",
     ("minLength", "maxLength"), {"description": "Weather. " * 12}),
    ("schema-pattern", "Texts have the form that the schema asks for.",
     "Patterns hold for the whole text and know ASCII only: a line feed at the end is an error.",
     ("pattern",), {"packages": [{**_PACKAGE, "fileSha256": "ABCDEF"}]}),
    ("schema-enum", "A value with a fixed set of choices is one of them.",
     "Transports, argument types, input formats, image types and themes.",
     ("enum", "const"), {"icons": [{"src": "https://example.com/i.png", "theme": "night"}]}),
    ("schema-format", "Addresses are absolute URLs.",
     "`format: uri` is asserted, as upstream's validator does: the address can be parsed and has a "
     "scheme. An empty text counts as absent.",
     ("format",), {"packages": [{**_PACKAGE, "registryBaseUrl": "registry.example.com"}]}),
    ("schema-property", "A package holds only the properties that its schema names.",
     "In the schemas up to 2025-09-29 packages are closed, and the first of them wrote its names in "
     "snake case. What is written as today needs today's `$schema`.",
     ("additionalProperties",), {
         "$schema": SCHEMA_URL.replace(json_schema.CURRENT, "2025-07-09"), "packages": [_PACKAGE]}),
)  # fmt: skip
_NAMED = frozenset(keyword for row in _KEYWORDS for keyword in row[3])

RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="schema-field-required",
        summary="An entry says which schema it follows.",
        explanation="Editors check and complete a file whose `$schema` they know.",
        reference="R1",
        check=_missing,
        about=EntryPart.ODD_SCHEMA,
        failing=entry("$schema"),
        passing=entry(),
    ),
    Rule(
        code="schema-version-extraction-error",
        summary="`$schema` is the address of a server.schema.json.",
        explanation="It must hold `/schemas/<date>/server.schema.json`.",
        reference="R2",
        check=_not_a_schema,
        about=EntryPart.ODD_SCHEMA,
        failing=entry(**{"$schema": "https://example.com/foo.json"}),
        passing=entry(),
    ),
    Rule(
        code="schema-version-not-available",
        summary="`$schema` is one of the published schemas.",
        explanation="The published ones are " + ", ".join(json_schema.DATES) + ". "
        "The draft schema is not: it changes.",
        reference="R3",
        check=_unknown_date,
        about=EntryPart.ODD_SCHEMA,
        failing=entry(**{"$schema": SCHEMA_URL.replace(json_schema.CURRENT, "2025-01-27")}),
        passing=entry(),
    ),
    Rule(
        code="schema-version-deprecated",
        summary="`$schema` is the current schema.",
        explanation=f"The current one is `{SCHEMA_URL}`. Older ones are still accepted.",
        severity=Severity.WARNING,
        reference="R4",
        check=_outdated,
        about=EntryPart.OLD_SCHEMA,
        failing=entry(**{"$schema": SCHEMA_URL.replace(json_schema.CURRENT, "2025-10-17")}),
        passing=entry(),
    ),
    *(
        _schema_rule(code, summary, explanation, *keywords, **bad)
        for code, summary, explanation, keywords, bad in _KEYWORDS
    ),
    Rule(
        code="schema-form",
        summary="Every object has one of the forms that the schema allows.",
        explanation="A positional argument has a `value` or a `valueHint`; a transport other than "
        "stdio has a `url`. The official registry's publish endpoint does not ask all of this, its "
        "`/validate` does (R43).",
        reference="R43",
        generality=1,
        check=_breaks(),
        about=EntryPart.VIOLATION,
        failing=entry(packages=[{**_PACKAGE, "runtimeArguments": [{"type": "positional"}]}]),
        passing=entry(
            packages=[{**_PACKAGE, "runtimeArguments": [{"type": "positional", "value": "-y"}]}]
        ),
    ),
    Rule(
        code="body-constraint",
        summary="An entry keeps to the bounds of the official API, whichever schema it declares.",
        explanation="The API decodes every document with the types of the current schema: its "
        "lengths, patterns and choices hold for older documents too. Beyond the schema, a version "
        "has 1 to 255 characters, and so has a package's.",
        reference="R42",
        generality=2,
        check=_body,
        about=EntryPart.BODY_VIOLATION,
        failing=entry(packages=[{**_PACKAGE, "version": "1.0.0-" + "1" * 250}]),
        passing=entry(packages=[{**_PACKAGE, "version": "1.0.0-" + "1" * 249}]),
    ),
)
