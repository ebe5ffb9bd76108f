"""What stands in servers/ from earlier runs: its source, its times, and what is unwanted by now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cmp_to_key, partial
from pathlib import Path
from typing import Any

import yaml

from builder.mirror import selection
from builder.mirror.intake import Intake
from builder.mirror.report import ImplausibleTime, Unwanted
from builder.model import sidecars, timestamp
from builder.model.errors import RegistryError
from builder.model.json_values import as_object
from builder.model.layout import SERVERS, STATUS_FILE, UPSTREAM_FILE, entry_path, server_path
from builder.model.sidecars import Status, StatusFile, Upstream
from builder.model.version import compare
from builder.policy.entry import Load, PolicyEntry

OVERLAP = 3600 * timestamp.SECOND
"""How long before the newest change that is known here the next run begins.

A walk takes minutes and is no snapshot: what changes meanwhile before its cursor is missed, what
changes after it comes in. https://github.com/modelcontextprotocol/registry asks for an overlap.
"""
TOLERANCE = 300 * timestamp.SECOND
"""How far a time of upstream's may be ahead of its clock."""
WITHDRAWN = "Not taken in by this registry's policy."


def read_upstream(root: Path, name: str) -> Upstream | None:
    """Read a server's upstream.json, None if it has none; RegistryError if it is wrong."""
    path = server_path(name, UPSTREAM_FILE)
    try:
        return sidecars.read_upstream((root / path).read_bytes())
    except FileNotFoundError:
        return None
    except sidecars.SidecarError as error:
        raise _broken(path, error) from error


def mirrored(root: Path, source: str) -> Iterator[tuple[str, Upstream]]:
    """Yield the servers that were mirrored from a source, by name, with their upstream.json."""
    for folder in sorted((root / SERVERS).glob("*/*/")):
        name = f"{folder.parent.name}/{folder.name}"
        upstream = read_upstream(root, name)
        if upstream is not None and upstream.source == source:
            yield name, upstream


def resume(root: Path, source: str, now: int, window: int = 0) -> str | None:
    """Return since when changes of upstream may be missing here, None if nothing is mirrored.

    `window` is how long a line may hold a version by its age: what changed within it is asked for
    again. `now` bounds it: nothing that upstream has was changed later. A single time far in the
    future would hide every change from then on.
    """
    times = [time for _, _, _, time in _times(root, source)]
    plausible = [time for time in times if time <= now + TOLERANCE]
    if not times:
        return None
    newest = min(max(plausible, default=OVERLAP), now)
    return timestamp.render(max(min(newest, now - window) - OVERLAP, 0))


def implausible(root: Path, source: str, now: int) -> list[ImplausibleTime]:
    """List the versions that upstream dates later than `now`."""
    return [
        ImplausibleTime(name, version, text)
        for name, version, text, time in _times(root, source)
        if time > now + TOLERANCE
    ]


def unwanted(root: Path, source: str, taken: Intake) -> list[Unwanted]:
    """List the mirrored servers that the policy excludes and that are not deleted here yet."""
    servers = []
    asks = taken.lines or taken.invalid == "left-out"
    for name, upstream in mirrored(root, source) if asks else ():
        excluded = _excluded_versions(root, name, upstream, taken)
        status = _read_status(root, name) if excluded else None
        by_reason: dict[str, list[str]] = {}
        for version, reason in excluded.items():
            if not _is_deleted(version, status, upstream):
                by_reason.setdefault(reason, []).append(version)
        servers += [Unwanted(name, tuple(group), why) for why, group in by_reason.items()]
    return servers


def newest(root: Path, name: str, upstream: Upstream) -> Load | None:
    """Return how to read the newest version of a server that is here; None if none is."""
    status = _read_status(root, name)
    versions = [
        version for version in upstream.versions if not _is_deleted(version, status, upstream)
    ]
    if not versions:
        return None

    def by_version(left: str, right: str) -> int:
        times = (selection.published(upstream.versions[version]) or 0 for version in (left, right))
        return compare(left, right, *times)

    path = root / entry_path(name, max(versions, key=cmp_to_key(by_version)))
    return partial(read_object, path)


def withdraw(root: Path, servers: Iterable[Unwanted]) -> None:
    """Delete versions from this registry by its own word, in the servers' status.yaml."""
    for server in servers:
        status = _read_status(root, server.name)
        value = status.model_dump(mode="json", exclude_defaults=True) if status else {}
        deleted = {
            "status": str(Status.DELETED),
            "message": f"{WITHDRAWN} {server.reason}."[:500],
            "by": "operator",
        }
        # A copy for each: YAML would write one dictionary in several places as an alias.
        value |= {version: dict(deleted) for version in server.versions}
        text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
        (root / server_path(server.name, STATUS_FILE)).write_text(text, encoding="utf-8")


def _excluded_versions(
    root: Path,
    name: str,
    upstream: Upstream,
    taken: Intake,
) -> dict[str, str]:
    """Return why each version of a server is excluded, for those that are."""
    reasons = {}
    for version, official in sorted(upstream.versions.items()):
        read = partial(read_object, root / entry_path(name, version))
        about = PolicyEntry(
            name=name,
            version=version,
            load=read,
            status=selection.status_of(official),
            published=selection.published(official),
            now=taken.now,
            known=taken.known,
        )
        decision = taken.lines.decide(about, entering=False)
        if decision.do == "reject":
            reasons[version] = decision.because
        elif reason := taken.left_out(about.document):
            reasons[version] = reason
    return reasons


def read_object(path: Path) -> Mapping[str, Any]:
    """Return the JSON object in a file, an empty one if it cannot be read."""
    return as_object(_document(path))


def _document(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def _is_deleted(version: str, status: StatusFile | None, upstream: Upstream) -> bool:
    ours = status.of(version) if status else None
    if ours is not None:
        return ours.status is Status.DELETED
    return bool(upstream.versions[version].get("status") == Status.DELETED)


def _read_status(root: Path, name: str) -> StatusFile | None:
    path = server_path(name, STATUS_FILE)
    try:
        return sidecars.read_status((root / path).read_bytes())
    except FileNotFoundError:
        return None
    except sidecars.SidecarError as error:
        raise _broken(path, error) from error


def _times(root: Path, source: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield what upstream says of when each version was updated: name, version, text, time."""
    for name, upstream in mirrored(root, source):
        for version, block in upstream.versions.items():
            text = block.get("updatedAt")
            try:
                yield name, version, str(text), timestamp.parse(str(text))
            except ValueError:
                continue


def _broken(path: str, error: sidecars.SidecarError) -> RegistryError:
    place = f":{error.line}" if error.line else ""
    return RegistryError(
        f"{path}{place}: {error}", help=f"put it back: git checkout HEAD -- {path}"
    )
