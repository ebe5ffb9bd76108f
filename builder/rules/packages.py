"""Rules on packages: identifier, type, arguments and transport (contract, R13 and R15 to R22, R34)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from builder.model.finding import Severity
from builder.model.package_types import PACKAGE_TYPES
from builder.rules.engine import misspelt
from builder.rules.engine.fields import arguments, quoted, string, transport
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Example, Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry

URL_TRANSPORTS = ("streamable-http", "sse")
TRANSPORTS = ("stdio", *URL_TRANSPORTS)
_IN_VALUE = "<> $"  # what tells that a value or a description was written into the name


def _spaces(item: Entry) -> Iterator[Problem]:
    for steps, package in item.packages:
        if " " in (identifier := string(package, "identifier")):
            yield Problem(
                message=f"{quoted(identifier)} holds a space",
                steps=(*steps, "identifier"),
                help="the name that the package index knows, such as @example/weather",
            )


def _unsupported_type(item: Entry) -> Iterator[Problem]:
    for steps, package in item.packages:
        given = package.get("registryType")
        if isinstance(given, str) and given not in PACKAGE_TYPES:
            yield Problem(
                message=f"{quoted(given)} is not one of {', '.join(PACKAGE_TYPES)}",
                steps=(*steps, "registryType"),
                help=_type_meant(given),
                covers=((*steps, "version"),) if _meant(given) == "oci" else (),
            )


def _meant(kind: str) -> str | None:
    return misspelt.value(kind, PACKAGE_TYPES)


def _type_meant(kind: str) -> str:
    if _meant(kind) == "oci":
        return (
            "did you mean oci? its tag or digest then stands in identifier, and version is left out"
        )
    return misspelt.question(_meant(kind)) or "where the package was published to"


def _named(item: Entry) -> Iterator[tuple[Steps, Mapping[str, Any]]]:
    for steps, package in item.packages:
        for inner, argument in arguments(package):
            if argument.get("type") == "named":
                yield (*steps, *inner), argument


def _nameless(item: Entry) -> Iterator[Problem]:
    for steps, argument in _named(item):
        if not string(argument, "name"):
            yield Problem(
                message="a named argument has no name",
                steps=(*steps, "name"),
                help='such as "--port"; an argument without a name has the type "positional"',
            )


def _name_with_value(item: Entry) -> Iterator[Problem]:
    for steps, argument in _named(item):
        name = string(argument, "name")
        if any(character in name for character in _IN_VALUE):
            yield Problem(
                message=f"the name {quoted(name)} holds a value or a description",
                steps=(*steps, "name"),
                help="the name alone, such as --port; the rest goes into value, default or description",
            )


def _starts_with_name(key: str) -> Callable[[Entry], Iterator[Problem]]:
    def check(item: Entry) -> Iterator[Problem]:
        for steps, argument in _named(item):
            name, value = string(argument, "name"), string(argument, key)
            if not value or not value.startswith(name):
                continue
            # `--port 8080` repeats the name; `-prod` after `-p` only begins like it.
            repeated = value[len(name) :][:1] in ("", " ", "=")
            yield Problem(
                message=f"{key} {quoted(value)} begins with the name {quoted(name)}"
                if repeated
                else f"the official registry refuses this: {key} {quoted(value)} begins like the name",
                steps=(*steps, key),
                severity=None if repeated else Severity.WARNING,
                help="clients write the name before the value themselves",
            )

    return check


def _transport(item: Entry, *types: str) -> Iterator[tuple[Steps, str]]:
    for steps, package in item.packages:
        value = transport(package)
        if value.get("type") in types:
            yield (*steps, "transport", "url"), string(value, "url")


def _stdio_url(item: Entry) -> Iterator[Problem]:
    for steps, url in _transport(item, "stdio"):
        if url:
            yield Problem(
                message=f"a stdio transport has the url {quoted(url)}",
                steps=steps,
                help="stdio has no address: remove url, or use streamable-http",
            )


def _no_url(item: Entry) -> Iterator[Problem]:
    for steps, url in _transport(item, *URL_TRANSPORTS):
        if not url:
            yield Problem(
                message="the transport has no url",
                steps=steps,
                help="where the started package listens, such as http://localhost:3000/mcp",
            )


def _unknown_transport(item: Entry) -> Iterator[Problem]:
    for steps, package in item.packages:
        kind = transport(package).get("type")
        if kind not in TRANSPORTS and isinstance(package.get("transport", {}), dict):
            yield Problem(
                message=f"the transport type {quoted(kind)} is not one of {', '.join(TRANSPORTS)}"
                if kind
                else "the transport has no type",
                steps=(*steps, "transport", "type"),
                help=misspelt.question(misspelt.value(str(kind), TRANSPORTS))
                or "stdio for a program that the client starts",
            )


def package(**changed: Any) -> dict[str, Any]:
    """Return a small valid package with some keys changed, for examples."""
    return {
        "registryType": "npm",
        "identifier": "@example/weather",
        "version": "1.0.0",
        "transport": {"type": "stdio"},
    } | changed


def _package(**changed: Any) -> Example:
    return entry(packages=[package(**changed)])


def _argument(**argument: Any) -> Example:
    return _package(packageArguments=[{"type": "named", **argument}])


def _served(**changed: Any) -> Example:
    return _package(transport={"type": "streamable-http", **changed})


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="package-name-has-spaces",
        summary="A package's identifier holds no space.",
        explanation="No package index has names with spaces.",
        reference="R13",
        check=_spaces,
        about=EntryPart.PACKAGES,
        failing=_package(identifier="weather server"),
        passing=_package(),
    ),
    Rule(
        code="unsupported-registry-type",
        summary="A package comes from an index that can be asked who owns it.",
        explanation=f"`registryType` is one of {', '.join(PACKAGE_TYPES)}.",
        reference="R34",
        check=_unsupported_type,
        about=EntryPart.PACKAGES,
        failing=_package(registryType="docker"),
        passing=_package(registryType="pypi", identifier="weather-mcp"),
    ),
    Rule(
        code="named-argument-name-required",
        summary="A named argument has a name.",
        explanation="The name is what is written before the value: `--port`, `-v`, or without "
        "dashes `config`.",
        reference="R15",
        check=_nameless,
        about=EntryPart.ARGUMENTS,
        failing=_argument(name=""),
        passing=_argument(name="--port"),
    ),
    Rule(
        code="invalid-named-argument-name",
        summary="An argument's name is the name alone.",
        explanation="A space, `<`, `>` or `$` in it shows that a value or a description was written "
        "into the name.",
        reference="R16",
        check=_name_with_value,
        about=EntryPart.ARGUMENTS,
        failing=_argument(name="--directory <path>"),
        passing=_argument(name="--directory", description="The folder to serve."),
    ),
    *(
        Rule(
            code=f"argument-{key}-starts-with-name",
            summary=f"An argument's {key} does not repeat its name.",
            explanation="Clients write `name value`; the result would be `--port --port 8080`. "
            f"Upstream refuses every {key} that begins with the name's letters, also `-prod` for "
            "`-p`. That is not a mistake, so here it is a warning.",
            reference=reference,
            check=_starts_with_name(key),
            about=EntryPart.ARGUMENTS,
            failing=_argument(name="--port", **{key: "--port 8080"}),
            passing=_argument(name="--port", **{key: "8080"}),
        )
        for key, reference in (("value", "R17"), ("default", "R18"))
    ),
    Rule(
        code="stdio-transport-url-not-empty",
        summary="A stdio transport has no address.",
        explanation="The client starts the program and speaks to it over its standard input.",
        reference="R19",
        check=_stdio_url,
        about=EntryPart.TRANSPORT,
        failing=_package(transport={"type": "stdio", "url": "http://localhost:3000/mcp"}),
        passing=_package(transport={"type": "stdio"}),
    ),
    Rule(
        code="streamable-transport-url-required",
        summary="A package that serves HTTP says where.",
        explanation="`streamable-http` and `sse` need the address on which the started package "
        "listens.",
        reference="R20",
        check=_no_url,
        about=EntryPart.TRANSPORT,
        failing=_served(),
        passing=_served(url="http://localhost:3000/mcp"),
    ),
    Rule(
        code="unsupported-transport-type",
        summary="A package's transport is stdio, streamable-http or sse.",
        explanation="Other transports are unknown to clients.",
        reference="R22",
        check=_unknown_transport,
        about=EntryPart.TRANSPORT,
        failing=_package(transport={"type": "websocket"}),
        passing=_package(transport={"type": "stdio"}),
    ),
)
