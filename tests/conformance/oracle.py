"""What a list query asks for, as plainly as can be: no index, no cursor, no cleverness."""

from __future__ import annotations

from collections.abc import Mapping

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Version
from builder.model import timestamp
from builder.model.sidecars import Status

Key = tuple[str, str]


OVERLAP = 2 * 3600 * timestamp.SECOND


def expected(catalogue: Catalogue, query: Mapping[str, str]) -> list[Key]:
    """Every (name, version) that a list query asks for, in order."""
    since = timestamp.parse(query["updated_since"]) if "updated_since" in query else None
    if since is not None and all(event.time != since for event in catalogue.events):
        since -= OVERLAP  # only the time of a change is taken at its word
    found = [version.key for version in catalogue.versions() if _wanted(version, query, since)]
    return sorted(found)


def _wanted(version: Version, query: Mapping[str, str], since: int | None) -> bool:
    if since is not None and not version.updated > since:
        return False
    if version.status is Status.DELETED and since is None and "include_deleted" not in query:
        return False
    if query.get("search", "").lower() not in version.name.lower():
        return False
    if query.get("version") == "latest":
        return version.is_latest
    return query.get("version") in (None, version.version)
