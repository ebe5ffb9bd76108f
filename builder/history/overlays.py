"""Overlays by pattern as a replay has them: which of them apply to a server.

Most patterns name one server or one namespace, and are looked up. Only the others are tried one
by one: 5,000 overlays cost a server no more than those that could fit it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

import orjson

from builder.model.exact_bytes import exact
from builder.model.facts import Facts
from builder.model.overlay import Overlay, PatternOverlay, merged
from builder.model.sidecars import SidecarError, read_facts, read_overlay, read_pattern_overlay

_WILDCARDS = frozenset("*?[")
_TRIED = ""
"""The key of patterns that are neither of one server nor of one namespace."""


class PatternOverlays:
    """The overlays by pattern, by the paths of their files.

    `rows` are those of an earlier one: what each file says, as JSON.
    """

    def __init__(self, rows: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._read: dict[str, PatternOverlay] = {}
        self._paths: dict[str, dict[str, None]] = {}
        for path, row in (rows or {}).items():
            self._add(path, row)

    def __eq__(self, other: object) -> bool:
        """Return whether two hold the same files."""
        return isinstance(other, PatternOverlays) and self._rows == other._rows

    __hash__ = None  # type: ignore[assignment]  # it changes

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """What each file says, as JSON, by path."""
        return dict(sorted(self._rows.items()))

    def change(self, contents: Mapping[str, bytes | None]) -> PatternOverlays:
        """Put files at some paths (None: take it away); return those that were and that are there now.

        A server that one of the returned fits may have another overlay from now on.
        """
        concerned = PatternOverlays()
        for path, data in contents.items():
            if path in self._rows:
                concerned._add(f"-{path}", self._rows[path])
            self._remove(path)
            if data is not None:
                self._add(path, _row(data))
                concerned._add(f"+{path}", self._rows[path])
        return concerned

    def of(self, name: str) -> list[Overlay]:
        """Return the overlays of a server, in byte order of their paths."""
        return [self._overlay(path) for path in sorted(self._fitting(name))]

    def fits(self, name: str) -> bool:
        """Return whether a pattern fits this name."""
        return bool(self._fitting(name))

    def _fitting(self, name: str) -> Collection[str]:
        paths = self._paths
        if not paths:
            return ()
        namespace = name.partition("/")[0]
        tried = (
            path
            for path in paths.get(_TRIED, ())
            if any(fnmatchcase(name, pattern) for pattern in self._rows[path]["servers"])
        )
        return {*paths.get(name, ()), *paths.get(f"{namespace}/*", ()), *tried}

    def _overlay(self, path: str) -> PatternOverlay:
        if path not in self._read:
            self._read[path] = PatternOverlay.model_validate(self._rows[path])
        return self._read[path]

    def _add(self, path: str, row: Mapping[str, Any]) -> None:
        self._rows[path] = row
        for key in _keys(row["servers"]):
            self._paths.setdefault(key, {})[path] = None

    def _remove(self, path: str) -> None:
        self._read.pop(path, None)
        for key in _keys(self._rows.pop(path, {"servers": ()})["servers"]):
            self._paths[key].pop(path, None)


def _row(data: bytes) -> Mapping[str, Any]:
    try:
        overlay = read_pattern_overlay(data)
    except SidecarError:
        return {"servers": []}  # a finding tells it; what cannot be read says nothing
    return overlay.model_dump(mode="json", exclude_unset=True)


def _keys(patterns: Iterable[str]) -> set[str]:
    """Return the names and namespaces that patterns are looked up by, and _TRIED for the others."""
    return {_key(pattern) for pattern in patterns}


def _key(pattern: str) -> str:
    return pattern if _WILDCARDS.isdisjoint(pattern.removesuffix("/*")) else _TRIED


def overlay_of(name: str, patterns: PatternOverlays, own: bytes | None) -> Overlay | None:
    """Return what applies to a server: overlays by pattern, then its own overlay.yaml."""
    overlays = patterns.of(name)
    if own is not None:
        with suppress(SidecarError):  # a finding tells it; what cannot be read says nothing
            overlays.append(read_overlay(own))
    return merged(overlays)


def facts_of(data: bytes) -> bytes:
    """Return the facts of a file as JSON, or empty if it says none."""
    with suppress(SidecarError):  # a finding tells it
        known = read_facts(data)
        return (
            known.model_dump_json(exclude_defaults=True, by_alias=True).encode()
            if known != Facts()
            else b""
        )
    return b""


def block(overlay: Overlay | None, version: str, established: Mapping[str, Any]) -> bytes:
    """Return an overlay as the API shows it with a version: JSON, or empty if it says nothing.

    `established` is what the registry knows of the server's name: renames, and that it is granted.
    """
    content = {**(overlay.block(version) if overlay else {}), **established}
    return exact(orjson.dumps(content)) if content else b""
