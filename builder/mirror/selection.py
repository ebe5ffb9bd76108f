"""What the policy lets a mirror take in: by name, package type, transport and status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from builder.mirror.items import UpstreamItem, as_object
from builder.model.config import MirrorPolicy


def exclusion(item: UpstreamItem, policy: MirrorPolicy) -> str | None:
    """Return why the policy does not take in an item, None if it does."""
    status = item.official.get("status", "active")
    if reason := name_exclusion(item.name, policy) or document_exclusion(item.server, policy):
        return reason
    return None if status in policy.statuses else f"status {status} is not in the policy"


def name_exclusion(name: str, policy: MirrorPolicy) -> str | None:
    """Return why the policy excludes every version of a server, None if it does not."""
    if any(fnmatchcase(name, pattern) for pattern in policy.exclude):
        return "its name is on the policy's exclude list"
    if not any(fnmatchcase(name, pattern) for pattern in policy.include):
        return "its name is not on the policy's include list"
    return None


def document_exclusion(server: Mapping[str, Any], policy: MirrorPolicy) -> str | None:
    """Return why the policy excludes a document, None if it does not.

    A list of package types says nothing about an entry without packages: that is what a list of
    transports is for.
    """
    packages = _objects(server.get("packages"))
    types = {str(package.get("registryType")) for package in packages}
    transports = {str(as_object(package.get("transport")).get("type")) for package in packages}
    transports |= {str(remote.get("type")) for remote in _objects(server.get("remotes"))}
    if policy.package_types and not types <= set(policy.package_types):
        return f"package type {_first_outside(types, policy.package_types)} is not in the policy"
    if policy.transports and not transports <= set(policy.transports):
        return f"transport {_first_outside(transports, policy.transports)} is not in the policy"
    return None


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [as_object(member) for member in value] if isinstance(value, list) else []


def _first_outside(values: set[str], allowed: Iterable[str]) -> str:
    return min(values - set(allowed))
