"""A change of lifecycle: what a request asks for, and status.yaml as it becomes (contract, 6.4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from builder.model import status_text
from builder.model.sidecars import Status, StatusFile, VersionStatus
from builder.pages.api.problem import INVALID, ProblemDocument

_MOST = 500
_FIELDS = ("status", "statusMessage")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """The lifecycle that versions shall have."""

    status: Status
    message: str


class NothingChanges(ValueError):
    """The versions have that lifecycle already, or it cannot be."""


def read(body: bytes) -> StatusChange | ProblemDocument:
    """Read the body of a request, or say what is wrong with it."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ProblemDocument(400, "Bad Request", INVALID.detail, (_error("not JSON", "body"),))
    if not isinstance(content, dict):
        return _invalid("expected object", "body")
    unknown = next((name for name in content if name not in _FIELDS), None)
    if unknown is not None:
        return _invalid("unexpected property", f"body.{unknown}")
    status, message = content.get("status"), content.get("statusMessage", "")
    if status not in list(Status):
        return _invalid(f"expected value to be one of {', '.join(Status)}", "body.status")
    if not isinstance(message, str) or len(message) > _MOST:
        return _invalid(f"expected string of at most {_MOST} characters", "body.statusMessage")
    return StatusChange(status=Status(status), message=message)


def _invalid(message: str, location: str) -> ProblemDocument:
    errors = (_error(message, location),)
    return ProblemDocument(INVALID.status, INVALID.title, INVALID.detail, errors)


def _error(message: str, location: str) -> Mapping[str, Any]:
    return {"message": message, "location": location}


def changed(
    current: Mapping[str, VersionStatus],
    file: StatusFile,
    versions: Collection[str],
    change: StatusChange,
    by: Literal["publisher", "operator"],
) -> bytes | None:
    """Return status.yaml after a change of these versions; None if nothing is left in it.

    `current` is the lifecycle that each version has now, wherever that is stated. NothingChanges
    says why it cannot be.
    """
    wanted = VersionStatus.model_construct(status=change.status, message=change.message, by=by)
    if change.status is Status.ACTIVE and change.message:
        raise NothingChanges("statusMessage cannot be set when the status is active")
    moved = [version for version in versions if not _same(current[version], wanted)]
    if not moved:
        raise NothingChanges(f"no changes: the status is {change.status} already")
    lines = dict(file.root)
    for version in moved:
        is_default = change.status is Status.ACTIVE and by == "publisher" and "*" not in lines
        if is_default:
            lines.pop(version, None)
        else:
            lines[version] = wanted
    return status_text.write(lines) if lines else None


def _same(current: VersionStatus, other: VersionStatus) -> bool:
    return (current.status, current.message) == (other.status, other.message)
