"""Upstream registry -> servers/: pull, never proxy, so that every change is a reviewable diff.

What upstream says is kept as it is, odd or not: the document becomes `<version>.json`, the
registry's own block goes into `upstream.json`. What the policy leaves out, what cannot be stored
and what differs is reported; nothing that stands in servers/ is ever deleted.
"""

from __future__ import annotations

import enum
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from builder import check, sidecar
from builder.catalogue import OFFICIAL
from builder.config import MirrorPolicy
from builder.finding import Finding
from builder.path import UPSTREAM_FILE, entry_path, place, server_path
from builder.path import Kind as PathKind

Item = Mapping[str, Any]  # one ServerResponse of the v0.1 API


class Outcome(enum.StrEnum):
    """What became of one upstream version."""

    ADDED = "added"
    UPDATED = "updated"
    METADATA = "metadata updated"
    UNCHANGED = "unchanged"
    EXCLUDED = "excluded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the report: a version, what became of it, and why."""

    name: str
    version: str
    outcome: Outcome
    reason: str = ""


@dataclass(slots=True)
class Report:
    """What a mirror run did, entry by entry in byte order.

    `odd` is what the rules find in what came in (it is kept all the same), `unlisted` what
    upstream no longer lists.
    """

    entries: list[Entry] = field(default_factory=list)
    odd: list[Finding] = field(default_factory=list)
    unlisted: list[tuple[str, str]] = field(default_factory=list)

    def counts(self) -> Counter[Outcome]:
        """How many versions met each outcome."""
        return Counter(entry.outcome for entry in self.entries)


def apply(
    root: Path, source: str, items: Iterable[Item], policy: MirrorPolicy, *, complete: bool
) -> Report:
    """Write upstream's items into `root`/servers; only files whose content changes are touched.

    `source` is the upstream base URL. `complete` says that the items are all that upstream lists:
    then what stands here and is not among them is reported as unlisted (and kept).
    """
    report = Report()
    by_name: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        name, version = _identity(item)
        if (problem := _unstorable(name, version) or _excluded(item, policy)) is None:
            by_name[name].append(item)
        else:
            report.entries.append(Entry(name, version, *problem))
    taken: dict[str, str] = {name.lower(): name for name in _names(root)}
    for name, group in sorted(by_name.items()):
        other = taken.setdefault(name.lower(), name)
        if other != name and _folds_case(root):
            reason = f"differs only in case from {other}, and this file system cannot hold both"
            report.entries += (
                Entry(name, _identity(item)[1], Outcome.REFUSED, reason) for item in group
            )
            continue
        report.entries += _server(root, name, source, group)
    report.entries.sort(key=lambda entry: (entry.name, entry.version))
    report.odd = [finding for entry in report.entries for finding in _odd(root, entry)]
    if complete:
        report.unlisted = sorted(
            _mirrored(root, source) - {(e.name, e.version) for e in report.entries}
        )
    return report


def _identity(item: Item) -> tuple[str, str]:
    server = item.get("server")
    server = server if isinstance(server, Mapping) else {}
    return str(server.get("name", "")), str(server.get("version", ""))


def _server(root: Path, name: str, source: str, items: list[Item]) -> Iterator[Entry]:
    sidecar_path = root / server_path(name, UPSTREAM_FILE)
    known = _read_upstream(sidecar_path)
    if known is None and any(sidecar_path.parent.glob("*.json")):
        for item in items:
            yield Entry(
                name, _identity(item)[1], Outcome.REFUSED, "a server of this name is published here"
            )
        return
    if known is not None and known.source != source:
        for item in items:
            yield Entry(
                name, _identity(item)[1], Outcome.REFUSED, f"mirrored from {known.source} already"
            )
        return
    versions = dict(known.versions) if known else {}
    meta = dict(known.meta) if known else {}
    for item in sorted(items, key=_identity):
        version = _identity(item)[1]
        outer = item.get("_meta") or {}
        official = dict(outer.get(OFFICIAL) or {})
        others = {key: value for key, value in outer.items() if key != OFFICIAL}
        same_meta = versions.get(version) == official and meta.get(version, {}) == others
        is_new = version not in versions
        versions[version] = official
        meta.pop(version, None)
        if others:
            meta[version] = others
        written = _write(root / entry_path(name, version), item["server"])
        yield Entry(name, version, _outcome(is_new=is_new, written=written, same_meta=same_meta))
    upstream = {"source": source, "versions": dict(sorted(versions.items()))}
    _write(sidecar_path, upstream | ({"meta": dict(sorted(meta.items()))} if meta else {}))


def _odd(root: Path, entry: Entry) -> list[Finding]:
    if entry.outcome not in (Outcome.ADDED, Outcome.UPDATED):
        return []
    path = entry_path(entry.name, entry.version)
    return check.check_document((root / path).read_bytes(), path, mirrored=True)


def _outcome(*, is_new: bool, written: bool, same_meta: bool) -> Outcome:
    if is_new:
        return Outcome.ADDED
    if written:
        return Outcome.UPDATED
    return Outcome.UNCHANGED if same_meta else Outcome.METADATA


def _write(path: Path, value: object) -> bool:
    data = (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return True


def _read_upstream(path: Path) -> sidecar.Upstream | None:
    return sidecar.read_upstream(path.read_bytes()) if path.is_file() else None


def _unstorable(name: str, version: str) -> tuple[Outcome, str] | None:
    if not name or not version:
        return Outcome.REFUSED, "it has no name or no version"
    path = entry_path(name, version)
    where = place(path)
    if (where.kind, where.name, where.version) != (PathKind.ENTRY, name, version):
        return Outcome.REFUSED, "its name or version cannot be a path"
    if any(len(part.encode()) > 255 for part in path.split("/")):
        return Outcome.REFUSED, "its name or version is too long for a file name"
    if not name.isprintable() or "\\" in name:
        return Outcome.REFUSED, "its name has characters that a path cannot have"
    return None


def _excluded(item: Item, policy: MirrorPolicy) -> tuple[Outcome, str] | None:
    name, _ = _identity(item)
    server = item["server"]
    official = (item.get("_meta") or {}).get(OFFICIAL) or {}
    packages = server.get("packages") or []
    kinds = {package.get("registryType") for package in packages}
    transports = {(package.get("transport") or {}).get("type") for package in packages}
    transports |= {remote.get("type") for remote in server.get("remotes") or []}
    reason = None
    if any(fnmatchcase(name, pattern) for pattern in policy.exclude):
        reason = "its name is on the policy's exclude list"
    elif not any(fnmatchcase(name, pattern) for pattern in policy.include):
        reason = "its name is not on the policy's include list"
    elif policy.package_types and not kinds <= set(policy.package_types):
        reason = f"package type {_first_outside(kinds, policy.package_types)} is not in the policy"
    elif policy.transports and not transports <= set(policy.transports):
        reason = f"transport {_first_outside(transports, policy.transports)} is not in the policy"
    elif official.get("status", "active") not in policy.statuses:
        reason = f"status {official.get('status')} is not in the policy"
    return (Outcome.EXCLUDED, reason) if reason else None


def _first_outside(found: set[Any], allowed: Iterable[str]) -> str:
    return min(str(value) for value in found - set(allowed))


def _names(root: Path) -> Iterator[str]:
    for folder in (root / "servers").glob("*/*"):
        if folder.is_dir():
            yield f"{folder.parent.name}/{folder.name}"


def _mirrored(root: Path, source: str) -> set[tuple[str, str]]:
    found = set()
    for name in _names(root):
        known = _read_upstream(root / server_path(name, UPSTREAM_FILE))
        if known is not None and known.source == source:
            found |= {(name, version) for version in known.versions}
    return found


def _folds_case(root: Path) -> bool:
    probe = root / "servers"
    return probe.exists() and (root / "SERVERS").exists()


def last_update(root: Path, source: str) -> str | None:
    """Give the newest `updatedAt` that upstream has told us, None if nothing is mirrored yet.

    It is upstream's own time, so no clock of ours is compared with theirs.
    """
    newest = ""
    for name in _names(root):
        known = _read_upstream(root / server_path(name, UPSTREAM_FILE))
        if known is not None and known.source == source:
            newest = max(
                [newest, *(str(block.get("updatedAt", "")) for block in known.versions.values())]
            )
    return newest or None
