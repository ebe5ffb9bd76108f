"""Upstream registry -> servers/: pull, never proxy, so that every change is a reviewable diff.

What upstream says is kept as it is, odd or not: the document becomes `<version>.json`, the
registry's own block goes into `upstream.json`. What the policy leaves out, what cannot be stored
and what differs is reported; nothing that stands in servers/ is ever deleted.
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from builder.mirror import items as mirror_items
from builder.mirror.items import Item, oddities, read, unkeepable, unplaceable, unwanted, written
from builder.model import sidecars, timestamp
from builder.model.config import MirrorPolicy
from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.model.layout import SERVERS, UPSTREAM_FILE, server_path

OVERLAP = 3600 * timestamp.SECOND
"""How long before the newest change that is known here the next run begins.

A walk takes minutes and is no snapshot: what changes meanwhile before its cursor is missed, what
changes after it comes in. https://github.com/modelcontextprotocol/registry asks for an overlap.
"""


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
    root: Path, source: str, responses: Iterable[object], policy: MirrorPolicy, *, complete: bool
) -> Report:
    """Write upstream's items into `root`/servers; only files whose content changes are touched.

    `source` is the upstream base URL, `responses` are ServerResponses of its API. `complete` says
    that they are all that upstream lists: then what stands here and is not among them is reported
    as unlisted (and kept).
    """
    report = Report()
    by_name: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in map(read, responses):
        if (left_out := _left_out(root, item, policy)) is None:
            by_name[item.name][item.version] = item
        else:
            report.entries.append(left_out)
    spellings = _Spellings(root)
    for name, items in sorted(by_name.items()):
        for entry, odd in _server(root, name, source, items.values(), spellings):
            report.entries.append(entry)
            report.odd += odd
    report.entries.sort(key=lambda entry: (entry.name, entry.version))
    if complete:
        listed = {(entry.name, entry.version) for entry in report.entries}
        report.unlisted = sorted(_mirrored(root, source) - listed)
    return report


def _left_out(root: Path, item: Item, policy: MirrorPolicy) -> Entry | None:
    if reason := unplaceable(item):
        return _entry(item, Outcome.REFUSED, reason)
    if reason := mirror_items.unlisted(item, policy):
        return _entry(item, Outcome.EXCLUDED, reason)
    # What was taken in once is kept in step, or a version that upstream deletes stays here for ever.
    if (reason := unwanted(item, policy)) and not (root / item.path).is_file():
        return _entry(item, Outcome.EXCLUDED, reason)
    return None


def _server(
    root: Path, name: str, source: str, items: Iterable[Item], spellings: _Spellings
) -> Iterator[tuple[Entry, list[Finding]]]:
    known = _read_upstream(root, name)
    if reason := _not_ours(root, name, source, known):
        yield from ((_entry(item, Outcome.REFUSED, reason), []) for item in items)
        return
    versions = dict(known.versions) if known else {}
    meta = dict(known.meta) if known else {}
    for item in sorted(items, key=lambda item: item.version):
        before = versions.get(item.version), meta.get(item.version, {})
        entry, odd = _item(root, item, before, spellings)
        yield entry, odd
        if entry.outcome is not Outcome.REFUSED:
            versions[item.version] = dict(item.official)
            meta[item.version] = dict(item.others)
    if versions:
        others = {version: other for version, other in sorted(meta.items()) if other}
        upstream = {"source": source, "versions": dict(sorted(versions.items()))}
        _write(
            root / server_path(name, UPSTREAM_FILE),
            written(upstream | ({"meta": others} if others else {})),
        )


def _item(
    root: Path, item: Item, before: tuple[object, object], spellings: _Spellings
) -> tuple[Entry, list[Finding]]:
    """Write an item's document; `before` is upstream's block and what stood beside it until now."""
    path, data = root / item.path, written(item.server)
    same, same_meta = _has(path, data), before == (item.official, item.others)
    if same and same_meta:
        return _entry(item, Outcome.UNCHANGED), []
    odd = [] if same else oddities(item)
    errors = [finding.message for finding in odd if finding.severity is Severity.ERROR]
    if reason := errors[0] if errors else unkeepable(item):
        return _entry(item, Outcome.REFUSED, reason), []
    twin = spellings.twin(item.path)
    if twin and spellings.fold:
        reason = f"differs only in case from {twin}, and this file system cannot hold both"
        return _entry(item, Outcome.REFUSED, reason), []
    if not same:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if before[0] is not None:
        return _entry(item, Outcome.METADATA if same else Outcome.UPDATED), odd
    return _entry(item, Outcome.ADDED, f"differs only in case from {twin}" if twin else ""), odd


class _Spellings:
    """How the paths in servers/ are spelled, so that two that differ only in case are noticed.

    `fold` tells that the file system takes them for one.
    """

    def __init__(self, root: Path) -> None:
        self.fold = (root / SERVERS).exists() and (root / SERVERS.upper()).exists()
        self._spelled: dict[str, str] = {}
        for path in sorted(root.glob(f"{SERVERS}/*/*/*.json")):
            self.twin(path.relative_to(root).as_posix())

    def twin(self, path: str) -> str | None:
        """Give the path (or the folder of one) that this one is like but for case, if any."""
        end = len(SERVERS)
        while end != -1:
            end = path.find("/", end + 1)
            part = path if end == -1 else path[:end]
            other = self._spelled.setdefault(part.lower(), part)
            if other != part:
                return other
        return None


def _entry(item: Item, outcome: Outcome, reason: str = "") -> Entry:
    return Entry(item.name, item.version, outcome, reason)


def _not_ours(root: Path, name: str, source: str, known: sidecars.Upstream | None) -> str | None:
    if known is None:
        published = any((root / server_path(name, "")).glob("*.json"))
        return "a server of this name is published here" if published else None
    return None if known.source == source else f"mirrored from {known.source} already"


def _has(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _write(path: Path, data: bytes) -> None:
    if not _has(path, data):
        path.write_bytes(data)


def _read_upstream(root: Path, name: str) -> sidecars.Upstream | None:
    path = server_path(name, UPSTREAM_FILE)
    try:
        return sidecars.read_upstream((root / path).read_bytes())
    except FileNotFoundError:
        return None
    except sidecars.SidecarError as error:
        place = f":{error.line}" if error.line else ""
        raise RegistryError(
            f"{path}{place}: {error}", help=f"put it back: git checkout HEAD -- {path}"
        ) from error


def _known(root: Path, source: str) -> Iterator[tuple[str, sidecars.Upstream]]:
    """Give the servers that were mirrored from this source, by name, and what is known of them."""
    for folder in sorted((root / SERVERS).glob("*/*/")):
        name = f"{folder.parent.name}/{folder.name}"
        known = _read_upstream(root, name)
        if known is not None and known.source == source:
            yield name, known


def _mirrored(root: Path, source: str) -> set[tuple[str, str]]:
    return {(name, version) for name, known in _known(root, source) for version in known.versions}


def resume(root: Path, source: str) -> str | None:
    """Say since when changes of upstream may be missing here; None if nothing is mirrored yet.

    It is upstream's own time, so no clock of ours is compared with theirs.
    """
    updates = (
        block.get("updatedAt")
        for _, known in _known(root, source)
        for block in known.versions.values()
    )
    times = [time for text in updates if (time := _time(text)) is not None]
    return timestamp.render(max(times) - OVERLAP) if times else None


def _time(text: object) -> int | None:
    try:
        return timestamp.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None
