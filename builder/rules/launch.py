"""Rules on what ends up on a command line, in an environment or in a header.

The official registry takes any text there. A client that builds a command or a request of it
would start something else, or send a line that nobody declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from builder.rules.engine.fields import code_point, invisible, items, quoted, string, transport
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Example, Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package

_PROGRAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_NO_VARIABLE = re.compile(r"[\s=\0]")


def _packages(item: Entry) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    yield from item.packages


def _identifier(item: Entry) -> Iterator[Problem]:
    for steps, value in _packages(item):
        identifier = string(value, "identifier")
        if identifier.strip().startswith("-"):
            problem = "begins with a hyphen, so that a runner takes it for an option"
        elif character := invisible(identifier):
            problem = f"holds the character {code_point(character)}"
        else:
            continue
        yield Problem(
            message=f"{quoted(identifier)} {problem}",
            steps=(*steps, "identifier"),
            help="the name that the package index knows, such as @example/weather",
        )


def _runtime(item: Entry) -> Iterator[Problem]:
    for steps, value in _packages(item):
        hint = string(value, "runtimeHint")
        if hint and not _PROGRAM.fullmatch(hint):
            yield Problem(
                message=f"{quoted(hint)} is not the name of a program",
                steps=(*steps, "runtimeHint"),
                help="a name alone, such as npx, uvx or docker; arguments go into runtimeArguments",
            )


def _environment(item: Entry) -> Iterator[Problem]:
    for steps, value in _packages(item):
        for inner, variable in items(value, "environmentVariables"):
            name = variable.get("name")
            if isinstance(name, str) and (_NO_VARIABLE.search(name) or invisible(name)):
                yield Problem(
                    message=f"{quoted(name)} cannot be the name of an environment variable",
                    steps=(*steps, *inner, "name"),
                    help="letters, digits and underscores, such as WEATHER_API_KEY",
                )


def _headers(item: Entry) -> Iterator[Problem]:
    remotes = item.remotes
    transports = ((((*steps, "transport")), transport(value)) for steps, value in _packages(item))
    for steps, value in chain(remotes, transports):
        for inner, header in items(value, "headers"):
            name = header.get("name")
            if isinstance(name, str) and not _TOKEN.fullmatch(name):
                yield Problem(
                    message=f"{quoted(name)} cannot be the name of a header",
                    steps=(*steps, *inner, "name"),
                    help="letters, digits and hyphens, such as X-Api-Key (RFC 9110)",
                )


def _version(item: Entry) -> Iterator[Problem]:
    for steps, version in item.versions:
        if character := invisible(version):
            yield Problem(
                message=f"the version {quoted(version)} holds the character {code_point(character)}",
                steps=steps,
                help="a version is one line of visible characters, such as 1.2.3",
            )


def _package(**changed: Any) -> Example:
    return entry(packages=[package(**changed)])


def _remote(name: str) -> Example:
    remote = {"type": "sse", "url": "https://example.com/sse", "headers": [{"name": name}]}
    return entry(remotes=[remote])


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="version-not-one-line",
        summary="A version is one line of visible characters.",
        explanation="Versions are written into logs, commands and addresses. A line end in one "
        "begins a line of somebody else's choosing; a character that nobody sees makes two "
        "versions that look alike. The same holds for the version of a package.",
        check=_version,
        about=EntryPart.ODD_VERSION,
        failing=entry(version="1.1.0\r\n::set-output name=verdict::accept"),
        passing=entry(version="1.1.0"),
    ),
    Rule(
        code="package-identifier-is-option",
        summary="A package's identifier is a name, and no option of the program that runs it.",
        explanation="`npx -y --call=…` would run something else than a package. Characters that "
        "end a line or cannot be seen are refused too.",
        check=_identifier,
        about=EntryPart.PACKAGES,
        failing=_package(identifier="--call=id"),
        passing=_package(identifier="@example/weather"),
    ),
    Rule(
        code="invalid-runtime-hint",
        summary="A runtime hint is the name of a program.",
        explanation="Clients start the program of this name. A path, a line with arguments or an "
        "option is none.",
        check=_runtime,
        about=EntryPart.RUNTIME_HINT,
        failing=_package(runtimeHint="sh -c"),
        passing=_package(runtimeHint="npx"),
    ),
    Rule(
        code="invalid-environment-variable-name",
        summary="An environment variable has a name that a system takes.",
        explanation="White space, `=` and characters that cannot be seen are in no such name.",
        check=_environment,
        about=EntryPart.ENVIRONMENT,
        failing=_package(environmentVariables=[{"name": "API KEY"}]),
        passing=_package(environmentVariables=[{"name": "WEATHER_API_KEY"}]),
    ),
    Rule(
        code="invalid-header-name",
        summary="A header has a name that HTTP takes.",
        explanation="Anything else ends the line and begins another header, or is refused by the "
        "client (RFC 9110, section 5.6.2). It holds for remotes and for a package's transport.",
        check=_headers,
        about=EntryPart.HEADERS,
        failing=_remote("X-Key: 1\r\nHost"),
        passing=_remote("X-Api-Key"),
    ),
)
