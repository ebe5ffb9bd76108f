"""Rules on a package's identifier: the name alone, as the type's own registry knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from builder.model.package_types import PACKAGE_TYPES, PackageType
from builder.rules.engine.fields import invisible, quoted, string
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package as example
from builder.rules.placeholders import is_unfilled
from builder.rules.version import is_floating, may_be_exact


class _Read(NamedTuple):
    """What an identifier holds that is more than a name: in words, the name, the version."""

    what: str
    name: str
    version: str = ""


_PURL = re.compile(r"pkg:[a-z]+/(?P<name>[^@?#]+)(?:@(?P<version>[^?#]+))?")
_PAGES: Mapping[str, re.Pattern[str]] = {
    "npm": re.compile(
        r"https?://(?:www\.)?(?:npmjs\.(?:com|org)/package|registry\.npmjs\.org)/"
        r"(?P<name>(?:@[^/?#]+/)?[^/?#]+)(?:/(?:v/)?(?P<version>\d[^/?#]*))?"
    ),
    "pypi": re.compile(r"https?://pypi\.(?:org|python\.org)/(?:project|pypi)/(?P<name>[^/?#]+)(?:/(?P<version>[^/?#]+))?"),
    "nuget": re.compile(r"https?://(?:www\.)?nuget\.org/packages/(?P<name>[^/?#]+)(?:/(?P<version>[^/?#]+))?"),
    "cargo": re.compile(r"https?://crates\.io/crates/(?P<name>[^/?#]+)(?:/(?P<version>[^/?#]+))?"),
    "oci": re.compile(r"https?://hub\.docker\.com/(?:r/|_/)?(?P<name>[^?#]+?)(?:/tags.*)?/?$"),
}  # fmt: skip
_SPECIFIERS: Mapping[str, re.Pattern[str]] = {
    "npm": re.compile(r"(?:npm:)?(?P<name>(?:@[^@/]+/)?[^@/:]+)(?P<is>[@:])(?!//)(?P<version>.*)"),
    "pypi": re.compile(r"(?P<name>[\w.-]+(?:\[[^]]*\])?)\s*(?P<is>===|[=<>~!]=|[<>@:=])\s*(?P<version>.*)"),
    "nuget": re.compile(r"(?P<name>[\w.-]+?)(?P<is>@|::?|/|=+)(?P<version>[\d*\[(].*|latest)"),
    "cargo": re.compile(r"(?P<name>[\w-]+)\s*(?P<is>@|:|=+)\s*(?P<version>.*)"),
}  # fmt: skip
_NAMES_ONE = ("@", ":", "::", "/", "=", "==", "===")
_SCHEME = re.compile(r"(?:docker|oci|https?)://(?P<name>.+)")


def _identifiers(item: Entry) -> Iterator[Problem]:
    for steps, package in item.packages:
        kind = PACKAGE_TYPES.get(string(package, "registryType"))
        identifier = string(package, "identifier")
        if kind is None or not identifier or _is_others(identifier):
            continue
        if (read := _read(kind, identifier)) is not None:
            yield Problem(
                message=f"{quoted(identifier)} is {read.what}, not the name of a package",
                steps=(*steps, "identifier"),
                help=_fields(kind, read, string(package, "version")),
                covers=((*steps, "identifier"), (*steps, "version")),
            )


def _is_others(identifier: str) -> bool:
    """Return whether another rule says what is wrong: R13 of spaces, launch.py of what starts programs."""
    options = identifier.strip().startswith("-") or invisible(identifier)
    return bool(" " in identifier or options or is_unfilled(identifier))


def is_name(kind: PackageType, identifier: str) -> bool:
    """Return whether an identifier can be the name of a package of a type."""
    return not _is_others(identifier) and _read(kind, identifier) is None


def _read(kind: PackageType, identifier: str) -> _Read | None:
    if match := _PURL.match(identifier):
        return _Read("a package URL", unquote(match["name"]), match["version"] or "")
    page = _PAGES.get(kind.name)
    if page and (match := page.match(identifier)):
        version = match.groupdict().get("version") or ""
        return _Read("the address of a page", unquote(match["name"]), version)
    if kind.name == "oci":
        match = _SCHEME.match(identifier)
        return _Read("a URL", match["name"]) if match else None
    if kind.name == "mcpb" or kind.identifier.fullmatch(identifier):
        return None
    specifier = _SPECIFIERS[kind.name].fullmatch(identifier)
    if specifier and kind.identifier.fullmatch(specifier["name"]):
        names_one = specifier["is"] in _NAMES_ONE
        what = "a name with a version" if names_one else "a name with a range of versions"
        return _Read(what, specifier["name"], specifier["version"] if names_one else "")
    return _Read(_kind_of(identifier), "")


def _kind_of(identifier: str) -> str:
    if "://" in identifier or identifier.startswith("git@"):
        return "an address"
    if identifier.startswith((".", "/", "~")) or identifier.endswith((".tgz", ".whl", ".nupkg")):
        return "a file"
    return "a text"


def _fields(kind: PackageType, read: _Read, version: str) -> str:
    """Write the two fields that an identifier should have been."""
    if not read.name:
        return f"the name that {kind.registry} knows, such as {_SUCH_AS[kind.name]}"
    given = read.version.strip().strip("\"'")
    exact = next(
        (candidate for candidate in (given, version) if _is_exact(candidate, kind.name)), ""
    )
    if not kind.pins_version:
        tagged = f"{read.name}:{given}" if given else read.name
        return f'write "identifier": {quoted(tagged)}'
    shown = quoted(exact) if exact else "the exact one, such as 1.0.0"
    return f'write "identifier": {quoted(read.name)}, "version": {shown}'


def _is_exact(version: str, kind: str) -> bool:
    return may_be_exact(version) and not is_floating(version, kind)


_SUCH_AS = {
    "npm": "@alice/weather",
    "pypi": "weather-mcp",
    "nuget": "Alice.Weather",
    "cargo": "weather-mcp",
}

RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="package-identifier",
        summary="A package's identifier is its name, and nothing else.",
        explanation="The name that npm, PyPI, NuGet or crates.io knows: no address of a page, no "
        "version or range behind it (that is what `version` is for), no package URL, no file. An "
        "image's identifier is what `docker pull` takes, without a scheme.",
        check=_identifiers,
        about=EntryPart.PACKAGES,
        failing=entry(packages=[example(identifier="@example/weather@1.0.0")]),
        passing=entry(packages=[example(identifier="@example/weather")]),
    ),
)
