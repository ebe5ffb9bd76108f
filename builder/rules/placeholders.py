"""Rules on what was not filled in, and on what does not stay the same: templates and floating versions.

A version is published once and never changes: `${VERSION}` would be its name for ever, and `latest`
another package tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from builder.model import image_name
from builder.model.finding import Severity
from builder.rules.engine.fields import invisible, quoted, string, transport
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import Problem, Rule, Steps, entry
from builder.rules.engine.subject import Entry
from builder.rules.packages import package as example
from builder.rules.version import is_floating, is_range, may_be_exact

# {{mustache}}, ${shell}, <%= erb %>, #{ruby}, $(make), %BATCH%, @AUTOCONF@, __PYTHON__, [[wiki]]
_TEMPLATE = re.compile(
    r"\{\{.*?\}\}|\$\{[^}]*\}?|<%.*?%>|#\{[^}]*\}|\$\([^)]*\)|%[A-Z][A-Z_]{2,}%|@[A-Z][A-Z_]{2,}@"
    r"|__[A-Z][A-Z_]*__|\[\[[\w ]+\]\]"
)
_STRICT = re.compile(rf"{_TEMPLATE.pattern}|\$[A-Za-z_]\w*|<[A-Za-z][\w .-]*>|\{{[^{{}}]*\}}")
_MARK = re.compile(r"[{$<#%@_\[]")
"""What each of these begins with: few texts have any of it."""
_NEVER_FILLED = re.compile(
    r"(?:VERSION|TODO|TBD|FIXME|PLACEHOLDER|CHANGE[_-]?ME|REPLACE[_-]?ME\b.*|YOUR[_-]?\w+|[xyzn]\.[xyzn]\.[xyzn]"
    r"|0\.0\.0-(?:development|placeholder|semantic(?:ally)?-released?))",
    re.IGNORECASE,
)
_YOURS = re.compile(
    r"(?:^|[/@.])your[-_]?(?:org(?:anization)?|user(?:name)?|name|package|scope|company|github|image|repo(?:sitory)?"
    r"|server|namespace|account|login)\b",
    re.IGNORECASE,
)


# Versions of a server mostly share name, title, description and addresses.
@lru_cache(maxsize=1024)
def is_unfilled(text: str) -> bool:
    """Return whether a version or an identifier still holds the template it was to be made from."""
    return bool(
        (_MARK.search(text) and _STRICT.search(text))
        or (_NEVER_FILLED.fullmatch(text) and text != "x.x.x")
        or _YOURS.search(text)
    )


@lru_cache(maxsize=1024)
def _holds_template(text: str) -> bool:
    return bool(_MARK.search(text) and _TEMPLATE.search(text))


def _texts(
    steps: Steps, node: Mapping[str, Any], keys: tuple[str, ...], test: Callable[[str], bool]
) -> Iterator[tuple[Steps, str]]:
    """Yield the texts at these keys of an object for which a test holds, each with the steps to it."""
    for key in keys:
        if (text := node.get(key)) and isinstance(text, str) and test(text):
            yield (*steps, key), text


def _fixed(item: Entry) -> Iterator[tuple[Steps, str]]:
    """Yield what is unfilled of the texts in which no template has a meaning for clients."""
    yield from _texts((), item.document, ("name", "version"), is_unfilled)
    for steps, package in item.packages:
        yield from _texts(steps, package, ("identifier", "version", "fileSha256"), is_unfilled)


def _loose(item: Entry) -> Iterator[tuple[Steps, str]]:
    """Yield what is unfilled of the texts that may hold braces or a dollar sign for good reasons, but rarely do."""
    document = item.document
    yield from _texts((), document, ("title", "description", "websiteUrl"), _holds_template)
    if isinstance(repository := document.get("repository"), dict):
        yield from _texts(("repository",), repository, ("url",), _holds_template)
    for steps, remote in item.remotes:
        yield from _texts(steps, remote, ("url",), _holds_template)
    for steps, package in item.packages:
        if "url" in (inner := transport(package)):
            yield from _texts((*steps, "transport"), inner, ("url",), _holds_template)


def _unfilled(item: Entry) -> Iterator[Problem]:
    for steps, text in _fixed(item):
        yield Problem(
            message=f"{quoted(text)} is a template that was not filled in",
            steps=steps,
            help="write what it stands for: a version never changes once it is published",
            covers=(steps,),
        )
    for steps, text in _loose(item):
        address = steps[-1] == "url"
        yield Problem(
            message=f"{quoted(text)} holds a template that was not filled in",
            steps=steps,
            severity=None if address else Severity.WARNING,
            help="write what it stands for"
            + ("; what the user fills in is written {name} and declared" if address else ""),
        )


def _floating(item: Entry) -> Iterator[Problem]:
    version = string(item.document, "version")
    if version.strip() and not may_be_exact(version) and not _is_others(version):
        yield _no_version(("version",), version)
    for steps, package in item.packages:
        kind, version = string(package, "registryType"), string(package, "version")
        identifier = string(package, "identifier")
        if kind == "oci":
            if identifier and _moves(image_name.stated_reference(identifier)):
                yield _moving_tag((*steps, "identifier"), identifier)
        elif version and not _is_others(version):
            if not may_be_exact(version):
                yield _no_version((*steps, "version"), version)
            elif is_floating(version, kind):
                yield _moving((*steps, "version"), quoted(version))


def _is_others(version: str) -> bool:
    """Return whether another rule says what is wrong with a version."""
    return version == "latest" or is_range(version) or bool(invisible(version))


def _moves(reference: str) -> bool:
    return not reference or is_floating(reference, "oci")


def _moving_tag(steps: Steps, identifier: str) -> Problem:
    tag = image_name.stated_reference(identifier)
    return _moving(
        steps, f"the tag {quoted(tag)}" if tag else "an image without a tag is latest, which"
    )


def _moving(steps: Steps, what: str) -> Problem:
    return Problem(
        message=f"{what} moves from release to release",
        steps=steps,
        severity=Severity.WARNING,
        help="name the exact version (of an image its tag, or better name@sha256:…), so that what "
        "was reviewed is what is installed",
    )


def _no_version(steps: Steps, version: str) -> Problem:
    return Problem(
        message=f"{quoted(version)} stands for several versions",
        steps=steps,
        help="name the exact version that was released, such as 1.2.3",
        covers=(steps,),
    )


RULES: tuple[Rule[Entry], ...] = (
    Rule(
        code="unfilled-template",
        summary="Everything that was to be filled in is filled in.",
        explanation="`{{VERSION}}`, `${VERSION}`, `$version`, `<version>`, `x.y.z` or `your-package` in a "
        "version, an identifier or a tag is most likely the work of a release script that did not "
        "run. In an address `${…}` and `{{…}}` are errors too; in a title or a description they are "
        "a warning.",
        check=_unfilled,
        failing=entry(version="${VERSION}"),
        passing=entry(version="1.0.0"),
    ),
    Rule(
        code="floating-version",
        summary="A package is named by a version or a tag that stays what it is.",
        explanation="`0.1.0-*`, `~=1.4` or `[1.0,2.0)` name no version at all: an error. Tags such as "
        "`next`, `main` or `stable`, an image's `latest`, `edge` or `v1`, and an image without a tag "
        "are another package tomorrow: a warning.",
        generality=3,
        check=_floating,
        about=EntryPart.ODD_VERSION | EntryPart.PACKAGES,
        failing=entry(packages=[example(version="0.1.0-*")]),
        passing=entry(packages=[example(version="0.1.0-beta.1")]),
    ),
)
