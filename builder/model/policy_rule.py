"""One line of the policy: what it matches, what it does with that, and why.

The rule language of `publish` and `mirror`. What a key means is written here once, as the
description that the JSON Schema and the documentation have; builder/policy reads the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from builder.model.package_types import PACKAGE_TYPES
from builder.model.section import Section

TRANSPORTS = ("stdio", "streamable-http", "sse")
STATUSES = ("active", "deprecated", "deleted")
CHANGE_KINDS = (
    "other-package",
    "other-registry",
    "new-host",
    "new-secret",
    "new-variable",
    "new-argument",
    "new-transport",
    "other-repository",
)
"""How a version may differ in kind from the one before it: builder/policy/difference.py."""
Do = Literal["accept", "review", "reject"]

_DURATION = re.compile(r"([0-9]{1,4})([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def known(values: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """Return values that are all among these names; ValueError tells of the first that is not."""
    allowed = sorted(names)
    for value in values:
        if value not in allowed:
            raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return values


def server_patterns(value: tuple[str, ...]) -> tuple[str, ...]:
    """Return patterns of server names.

    ValueError for one that no name fits: it would leave everything in, or out, without a word.
    """
    for pattern in value:
        if not pattern or (not {"*", "?", "["} & set(pattern) and "/" not in pattern):
            raise ValueError(f"{pattern!r} fits no server: names have the form namespace/name")
    return value


def seconds(text: str) -> int:
    """Return a duration such as `7d` in seconds; ValueError if it is none."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration: a number with m, h, d or w, such as 7d")
    return int(match[1]) * _SECONDS[match[2]]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _duration(value: str) -> str:
    return value if seconds(value) >= 0 else ""


def _fingerprints(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        if not _FINGERPRINT.fullmatch(text):
            raise ValueError(f"{text!r} is not 64 hex digits: `policy explain` prints fingerprints")
    return value


def _named(names: Iterable[str]) -> AfterValidator:
    return AfterValidator(lambda value: known(value, names))


def _key(name: str) -> str:
    return name.replace("_", "-")


def _in_ascii(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        if not text.isascii():
            raise ValueError(f"{text!r} fits no host: they are compared in ASCII, such as xn--...")
    return value


_Texts = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]
_Hosts = Annotated[_Texts, AfterValidator(_in_ascii)]
_Duration = Annotated[str, AfterValidator(_duration), Field(pattern=r"^[0-9]{1,4}[mhdw]$")]


class _Conditions(Section):
    """The keys of a match. One value or a list; of a list any value may fit."""

    model_config = ConfigDict(alias_generator=_key, populate_by_name=False)

    name: Annotated[_Texts, AfterValidator(server_patterns)] = Field(
        (), description="The server's name: patterns, `*` matches across slashes; case is ignored."
    )
    version: _Texts = Field((), description="The version's text: patterns.")
    namespace: _Texts = Field((), description="What stands before the name's slash: patterns.")
    publisher: _Texts = Field(
        (),
        description="Who publishes: login or numeric id of an owner in namespace.yaml, of the account "
        "of an io.github namespace, and in a pull request of who proposes it.",
    )
    package_type: Annotated[_Texts, _named(PACKAGE_TYPES)] = Field(
        (), description="The type of a package: npm, pypi, nuget, cargo, oci or mcpb."
    )
    package: _Texts = Field(
        (),
        description="A package's identifier, with or without its type and its tag: patterns such as "
        "`npm:@acme/*` or `mcp/*`. Each spelling by which the same package is fetched counts.",
    )
    package_registry: _Hosts = Field(
        (), description="The host that a package or an image comes from: patterns."
    )
    transport: Annotated[_Texts, _named(TRANSPORTS)] = Field(
        (), description="A transport of a package or a remote: stdio, streamable-http or sse."
    )
    remote_host: _Hosts = Field(
        (),
        description="The host of a remote, or of a package that is reached at an address: patterns. Where "
        "it has variables, also as the entry's own values fill it in.",
    )
    repository: _Texts = Field(
        (),
        description="The repository's address without `https://`: patterns such as `github.com/acme/*`.",
    )
    status: Annotated[_Texts, _named(STATUSES)] = Field(
        (), description="The version's status: active, deprecated or deleted."
    )
    schema_date: _Texts = Field(
        (),
        alias="schema",
        description="The date in the document's `$schema`: patterns such as `2025-*`; `none` if there is none.",
    )
    fingerprint: Annotated[_Texts, AfterValidator(_fingerprints)] = Field(
        (), description="The hash of what runs (packages, remotes, arguments): 64 hex digits."
    )
    advisory: _Texts = Field(
        (),
        description="An advisory about a package, by its id: patterns such as `MAL-*` or `GHSA-*`, `*` for "
        "any. From the data that `mcp-registry advisories` read last.",
    )
    change: Annotated[_Texts, _named((*CHANGE_KINDS, "any"))] = Field(
        (),
        description="How the version differs in kind from the newest one that is here: "
        f"{', '.join(CHANGE_KINDS)}, or `any` of them. A server's first version does not differ.",
    )


class Outside(_Conditions):
    """The same keys, turned round: some value of the entry is none of those given."""


class Match(_Conditions):
    """What a line matches: an entry that fits every key. Without any key it matches everything."""

    outside: Outside = Field(
        Outside(),
        description="The same keys turned round: the entry has a value that is none of those given, "
        "such as a package type that is not in the list.",
    )
    published_before: _Duration | None = Field(
        None,
        description="Published longer ago than this, such as 7d: measured to the time of the commit, or "
        "of the run.",
    )
    published_within: _Duration | None = Field(
        None, description="Published less long ago than this, or not yet."
    )
    has_secrets: bool | None = Field(
        None, description="Whether the entry asks for a secret (`isSecret`)."
    )


class PolicyRule(Section):
    """One line of the policy. The first line that matches an entry decides about it."""

    match: Match = Field(Match(), description="Which entries the line is about; all if left out.")
    do: Do = Field(description="accept, review (a person must look) or reject.")
    because: Annotated[str, Field(max_length=500)] = Field(
        "", description="Why, in words that the publisher reads."
    )

    @model_validator(mode="after")
    def _reason(self) -> PolicyRule:
        if self.do != "accept" and not self.because:
            raise ValueError(f"a line that does {self.do} says why: because is missing")
        return self


Rules = tuple[PolicyRule, ...]
