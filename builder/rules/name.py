"""Rules on a server's name (contract, R5) and on namespaces that look like another's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.model.finding import Severity
from builder.model.server_name import is_name
from builder.rules.engine.fields import quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry


def _invalid(item: Entry) -> Iterator[Problem]:
    name = string(item.document, "name")
    if not is_name(name):
        yield Problem(
            message=_wrong(item.document.get("name")),
            steps=("name",),
            help="such as io.github.alice/weather: both parts have at least two characters, begin "
            "and end with a letter or digit, and hold nothing but A-Z a-z 0-9 . - (and _ after the /)",
        )


def _wrong(name: Any) -> str:
    if name is None or name == "":
        return "there is no name"
    return f"{quoted(name)} is not " + ("<namespace>/<name>" if isinstance(name, str) else "a text")


def _international(item: Entry) -> Iterator[Problem]:
    namespace = string(item.document, "name").partition("/")[0]
    for label in namespace.lower().split("."):
        if label.startswith("xn--"):
            yield Problem(
                message=f"{namespace} stands for {_decoded(namespace)}",
                steps=("name",),
                help="a person checks that it is not taken for another domain",
            )
            return


def _decoded(namespace: str) -> str:
    try:
        return quoted(namespace.encode("ascii").decode("idna"))
    except UnicodeError:
        return "nothing that IDNA can decode"


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="invalid-server-name",
        summary="The name is a reverse-DNS namespace, a slash and a name.",
        explanation="Exactly one slash. Both parts have at least two characters and begin and end "
        "with an ASCII letter or digit. In between the namespace may hold dots and hyphens, "
        "the name underscores too.",
        reference="R5",
        check=_invalid,
        about=EntryPart.ODD_NAME,
        failing=entry(name="com.example/weather-"),
        passing=entry(name="com.example/weather"),
    ),
    Rule(
        code="international-namespace",
        summary="A namespace with letters outside ASCII is looked at by a person.",
        explanation="`xn--` labels are domains written with other letters. Some of those letters "
        "cannot be told from Latin ones: `xn--pypal-4ve.com` is shown as `pаypal.com`.",
        severity=Severity.REVIEW,
        check=_international,
        about=EntryPart.ODD_NAME,
        failing=entry(name="com.xn--pypal-4ve/weather"),
        passing=entry(name="com.paypal/weather"),
    ),
)
