"""What a rule is: one object that says what it asks, why, and shows both sides of it.

The documentation page and the tests are made from these objects (page.py, tests/rules). How
problems become findings, with file, line and severity, is the engine's part
(builder/check/engine.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from builder.git import records
from builder.model.finding import Severity
from builder.model.layout import entry_path
from builder.rules.engine.parts import ANY_ENTRY, EntryPart

Subject = TypeVar("Subject", contravariant=True)
Steps = tuple[str | int, ...]
"""Where in a document: the keys and indexes that lead to a value."""

SCHEMA_URL = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_SMALL: Mapping[str, Any] = {
    "$schema": SCHEMA_URL,
    "name": "com.example/weather",
    "description": "Tells the weather.",
    "version": "1.0.0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One place where a rule does not hold.

    `file` is "" where the subject is a single file; `steps` lead to the value, `offset` (in
    characters) to the text where the document cannot be read; `line` and `column` are given where
    a reader has counted them already, `severity` where it differs from the rule's. One that is
    `structural` stays an error in a mirrored entry, whatever the rule is. One fault is one
    finding: at the places `covers`, and below, other rules need say nothing then, and `alone`
    tells that nothing else of the document is worth saying.
    """

    message: str
    help: str = ""
    file: str = ""
    steps: Steps = ()
    offset: int | None = None
    line: int | None = None
    column: int | None = None
    severity: Severity | None = None
    structural: bool = False
    covers: tuple[Steps, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFile:
    """A file of an example: bytes, and git's mode for it."""

    path: str
    data: bytes = b""
    mode: str = records.REGULAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Files of a registry. With `base`, a change from those files to `files`.

    `meanwhile` is what the base branch has become since the change began, `related` whether the
    two have a common ancestor. `shown` is the part that the documentation prints.
    """

    files: tuple[ExampleFile, ...]
    base: tuple[ExampleFile, ...] | None = None
    meanwhile: tuple[ExampleFile, ...] | None = None
    related: bool = True
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject]):
    """One rule. `check` yields a problem for each place where it does not hold.

    `reference` numbers it as the contract does. A `structural` problem stays an error in a
    mirrored entry; what upstream has let through is otherwise only a warning there. Of several
    rules with a problem at one place, those with the least `generality` have said enough. An entry
    that holds none of the parts in `about` keeps the rule, whatever else it holds; without any, the
    rule is asked about every entry.
    """

    code: str
    summary: str
    explanation: str
    check: Callable[[Subject], Iterable[Problem]] = field(repr=False)
    failing: Example = field(repr=False)
    passing: Example = field(repr=False)
    severity: Severity = Severity.ERROR
    reference: str = ""
    structural: bool = False
    generality: int = 0
    about: EntryPart = ANY_ENTRY


def document(*without: str, **changed: Any) -> dict[str, Any]:
    """Return a small valid server.json with some keys changed and some left out."""
    return {key: value for key, value in {**_SMALL, **changed}.items() if key not in without}


def entry(*without: str, **changed: Any) -> Example:
    """Return an example of one entry at its right place: a small valid one with some keys changed."""
    content = document(*without, **changed)
    name = content.get("name") or _SMALL["name"]
    path = entry_path(name, content.get("version") or _SMALL["version"])
    shown = {key: content[key] for key in changed} or dict(content)
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    return Example(files=(ExampleFile(path=path, data=encode(content)),), shown=text)


def text(data: bytes) -> Example:
    """Return an example of one entry given by its bytes."""
    path = entry_path(_SMALL["name"], _SMALL["version"])
    shown = data.decode("utf-8", "backslashreplace").replace("\ufeff", "<U+FEFF>")
    return Example(files=(ExampleFile(path=path, data=data),), shown=shown)


def files(*given: ExampleFile, base: Iterable[ExampleFile] | None = None) -> Example:
    """Return an example of several files, shown by their paths; with `base`, of a change."""
    before = None if base is None else {file.path: file for file in base}
    return Example(
        files=given,
        base=None if before is None else tuple(before.values()),
        shown=_listing(given, before),
    )


_MODES = {
    records.SYMLINK: " (symbolic link)",
    records.SUBMODULE: " (submodule)",
    records.EXECUTABLE: " (executable)",
}
_SHOWN_FILES = 4


def _listing(given: tuple[ExampleFile, ...], before: Mapping[str, ExampleFile] | None) -> str:
    lines = [f"{_mark(file, before)}{file.path}{_MODES.get(file.mode, '')}" for file in given]
    paths = {file.path for file in given}
    lines += [f"- {path}" for path in before or () if path not in paths]
    more = [f"… and {len(lines) - _SHOWN_FILES:,} more"] if len(lines) > _SHOWN_FILES else []
    return "\n".join(lines[:_SHOWN_FILES] + more)


def _mark(file: ExampleFile, before: Mapping[str, ExampleFile] | None) -> str:
    if before is None:
        return ""
    if file.path not in before:
        return "+ "
    return "  " if before[file.path] == file else "! "


def file(
    name: str = "com.example/weather",
    version: str = "1.0.0",
    mode: str = records.REGULAR,
    **changed: Any,
) -> ExampleFile:
    """Return the file of one small valid entry, for examples of several files."""
    content = document(name=name, version=version, **changed)
    return ExampleFile(path=entry_path(name, version), data=encode(content), mode=mode)


def encode(content: Any) -> bytes:
    """Write a document as publishers do."""
    return json.dumps(content, indent=2, ensure_ascii=False).encode()
