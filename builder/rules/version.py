"""Rules on versions, of the server and of its packages (contract, R6, R7, R14, R33 and 3.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from builder.model.finding import Severity
from builder.rules.engine.fields import quoted, trimmed, words
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, entry
from builder.rules.engine.subject import Entry

_V = r"v?[0-9]+(?:\.[0-9]+){0,3}(?:-[0-9A-Za-z.-]+)?"
_S = r"[\t\n\f\r ]"  # RE2's \s, which is ASCII and has no vertical tab
_RANGE = re.compile(
    rf"(?:\^|~|>=|<=|>|<|=){_S}*{_V}"
    rf"|{_V}{_S}-{_S}*{_V}"
    rf"|{_V}{_S}*(?:\|\|{_S}*{_V}{_S}*)+"
)
_DOTTED = re.compile(r"((?:v?[0-9]+|[xX*])(?:\.(?:[0-9]+|[xX*])){1,2})(-[0-9A-Za-z.-]+)?")


@lru_cache(maxsize=4096)  # versions mostly have numbers that others have too
def is_range(version: str) -> bool:
    """Return whether the official registry takes a version for a range (contract, 3.5)."""
    text = trimmed(version)
    if _RANGE.fullmatch(text):
        return True
    return _DOTTED.fullmatch(text) is not None and _has_wildcard(text)


def is_only_labelled(version: str) -> bool:
    """Return whether only an x in the pre-release label makes a version look like a range.

    `1.0.0-linux` is a good semantic version; the official code looks for an x anywhere in it.
    """
    match = _DOTTED.fullmatch(trimmed(version))
    return match is not None and match[2] is not None and not _has_wildcard(match[1])


def _has_wildcard(text: str) -> bool:
    return any(wildcard in text for wildcard in "xX*")


_EXACT = re.compile(r"[^\s<>=~^*,|()\[\]{}!]+(?:![^\s<>=~^*,|()\[\]{}!]+)?")
_FLOATING = words(
    "latest next edge canary nightly stable current main master trunk head dev develop development devel "
    "snapshot unstable alpha beta rc preview prerelease experimental insiders lts release prod production "
    "staging test rolling default new newest"
)
_PARTIAL: Mapping[str, re.Pattern[str]] = {
    "npm": re.compile(r"v?[0-9]+(?:\.[0-9]+)?"),
    "cargo": re.compile(r"[0-9]+(?:\.[0-9]+)?"),
    "oci": re.compile(r"v?[0-9]{1,2}"),
}
"""Versions that name no release of a package type, but the newest of several."""


def may_be_exact(version: str) -> bool:
    """Return whether a text can be one version: no operators, wildcards, brackets or spaces.

    An exclamation mark ends the epoch of a Python version (`1!2.0`).
    """
    return _EXACT.fullmatch(version) is not None


def is_floating(version: str, kind: str) -> bool:
    """Return whether a version or tag of a package type moves: `next`, `main`, or `1.2` at npm."""
    partial = _PARTIAL.get(kind)
    return version.lower() in _FLOATING or bool(partial and partial.fullmatch(version))


def _reserved(item: Entry) -> Iterator[Problem]:
    for steps, version in item.versions:
        if version == "latest":
            yield Problem(
                message='"latest" is not a version',
                steps=steps,
                help="name the version that was released; /versions/latest then finds it",
            )


def _range(item: Entry) -> Iterator[Problem]:
    for steps, version in item.versions:
        if not is_range(version):
            continue
        if is_only_labelled(version):
            yield Problem(
                message=f"the official registry refuses this: it takes the x in {quoted(version)} for a wildcard",
                steps=steps,
                severity=Severity.WARNING,
                help="a label without the letter x is published everywhere",
            )
        else:
            yield Problem(
                message=f"{quoted(version)} is a range of versions",
                steps=steps,
                help="name the one version that this entry stands for, such as 1.2.3",
            )


def _blank(item: Entry) -> Iterator[Problem]:
    version = item.document.get("version")
    if isinstance(version, str) and not trimmed(version):
        yield Problem(message="the version is blank", steps=("version",), help="such as 1.0.0")


def _package(version: str) -> dict[str, object]:
    return {
        "registryType": "npm",
        "identifier": "@example/weather",
        "version": version,
        "transport": {"type": "stdio"},
    }


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="reserved-version-string",
        summary='A version is not called "latest".',
        explanation="`latest` is an address of the API: `/versions/latest`. "
        "An entry describes one version for ever, and so does a package in it.",
        reference="R6, R14",
        check=_reserved,
        about=EntryPart.ODD_VERSION,
        failing=entry(packages=[_package("latest")]),
        passing=entry(packages=[_package("1.0.0")]),
    ),
    Rule(
        code="version-looks-like-range",
        summary="A version is one version, not a range of them.",
        explanation="`^1.2.3`, `>=1.2.3`, `1.2.3 - 2.0.0`, `1.2 || 1.3`, `1.x` and `1.*` are "
        "refused. Upstream looks for an `x` in the whole text, so that it also refuses versions of "
        "two or three numbers with a pre-release label that holds one (`1.0.0-next.1`, "
        "`1.0.0-linux`). Such a version is good, so here that is a warning.",
        reference="R7, R14",
        check=_range,
        about=EntryPart.ODD_VERSION,
        failing=entry(version="1.x"),
        passing=entry(version="1.2.3-alpha.1"),
    ),
    Rule(
        code="blank-version",
        summary="The version is not blank.",
        explanation="A version that is only white space cannot be asked for.",
        reference="R33",
        check=_blank,
        about=EntryPart.ODD_VERSION,
        failing=entry(version="  "),
        passing=entry(version="1.0.0"),
    ),
)
