"""What a mirror takes in: whatever upstream says can be read, stored and passed on.

Upstream's data is dirty, and so each item is judged by itself: one that is no use is left out
with a reason and does not hide the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from builder.check import engine
from builder.model import sidecars
from builder.model.config import MirrorPolicy
from builder.model.finding import Finding
from builder.model.layout import Kind, entry_path, place
from builder.model.server_json import OFFICIAL

_NO_FOLDERS = {".", "..", ".git"}
_LONGEST = 255
"""Bytes in a file name, on every file system in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One version as upstream gives it. What is no object there says nothing, and is empty here.

    `official` is upstream's own block of the outer `_meta`, `others` is what stands beside it.
    """

    name: str
    version: str
    server: Mapping[str, Any]
    official: Mapping[str, Any]
    others: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where its document stands."""
        return entry_path(self.name, self.version)


def read(response: object) -> Item:
    """Read one ServerResponse of the v0.1 API, of whatever shape it is."""
    item = _object(response)
    server, meta = _object(item.get("server")), _object(item.get("_meta"))
    return Item(
        name=_string(server.get("name")),
        version=_string(server.get("version")),
        server=server,
        official=_object(meta.get(OFFICIAL)),
        others={key: value for key, value in meta.items() if key != OFFICIAL},
    )


def unplaceable(item: Item) -> str | None:
    """Say why an item has no place in servers/, None if it has one."""
    name, version = item.name, item.version
    if not name or not version:
        return "it has no name or no version"
    if not name.isprintable() or "\\" in name:
        return "its name has characters that a path cannot have"
    if not _is_text(version):
        return "its version has characters that a path cannot have"
    where = place(item.path)
    if (where.kind, where.name, where.version) != (Kind.ENTRY, name, version):
        return "its name or version cannot be a path"
    if not _NO_FOLDERS.isdisjoint(name.lower().split("/")):
        return "its name or version cannot be a path"
    if any(len(part.encode()) > _LONGEST for part in item.path.split("/")):
        return "its name or version is too long for a file name"
    return None


def unlisted(item: Item, policy: MirrorPolicy) -> str | None:
    """Say why the policy leaves an item out, whatever its status; None if it does not."""
    packages = _objects(item.server.get("packages"))
    kinds = {str(package.get("registryType")) for package in packages}
    transports = {str(_object(package.get("transport")).get("type")) for package in packages}
    transports |= {str(remote.get("type")) for remote in _objects(item.server.get("remotes"))}
    if any(fnmatchcase(item.name, pattern) for pattern in policy.exclude):
        return "its name is on the policy's exclude list"
    if not any(fnmatchcase(item.name, pattern) for pattern in policy.include):
        return "its name is not on the policy's include list"
    if policy.package_types and not kinds <= set(policy.package_types):
        return f"package type {_first_outside(kinds, policy.package_types)} is not in the policy"
    if policy.transports and not transports <= set(policy.transports):
        return f"transport {_first_outside(transports, policy.transports)} is not in the policy"
    return None


def unwanted(item: Item, policy: MirrorPolicy) -> str | None:
    """Say why the policy does not take in an item of this status; None if it does."""
    status = item.official.get("status", "active")
    return None if status in policy.statuses else f"status {status} is not in the policy"


def unkeepable(item: Item) -> str | None:
    """Say why what upstream says of an item beside its document cannot be kept, None if it can."""
    said = {"versions": {item.version: item.official}, "meta": {item.version: item.others}}
    try:
        sidecars.read_upstream(written({"source": "any", **said}))
    except sidecars.SidecarError as error:
        return f"its _meta cannot be kept: {error}"
    return None


def oddities(item: Item) -> list[Finding]:
    """List what the rules find in an item's document as it will stand in servers/."""
    return engine.check_document(written(item.server), item.path, mirrored=True)


def written(value: object) -> bytes:
    """Write a JSON value as a mirror does. Half of a surrogate pair is escaped: UTF-8 has none."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    return (text if _is_text(text) else json.dumps(value, indent=2) + "\n").encode()


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [_object(one) for one in value] if isinstance(value, list) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _first_outside(found: set[str], allowed: Iterable[str]) -> str:
    return min(found - set(allowed))
