"""A change of lifecycle by a request: status.yaml as it becomes, signed if there is a key."""

from __future__ import annotations

import time
from dataclasses import dataclass

from builder.authoring import sign
from builder.forge import branches
from builder.model import config, status_text
from builder.model.errors import RegistryError
from builder.model.layout import CONFIG, STATUS_FILE, server_path
from builder.model.sidecars import SidecarError, StatusFile, VersionStatus, read_status
from builder.ownership import signature
from builder.ownership.signed_files import SUFFIX
from builder.submit.forge_requests import APIS
from builder.submit.logins import DomainKey
from builder.submit.request import RegistryRepository, RequestPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """What a version shall be, or with the version `*` all that are not named."""

    name: str
    version: str
    stated: VersionStatus

    @property
    def title(self) -> str:
        """The change in a line."""
        of = "" if self.version == "*" else f" {self.version}"
        return f"Set the status of {self.name}{of} to {self.stated.status}"


def plan(target: RegistryRepository, change: Lifecycle, key: DomainKey | None) -> RequestPlan:
    """Return the request that changes a lifecycle.

    RegistryError if the repository is no registry, if nothing changes, or where the operator's
    word stands, which a publisher cannot change.
    """
    read = APIS[target.kind].read
    data = read(target, CONFIG)
    if data is None:
        raise RegistryError(f"{target.repository} has no {CONFIG}: it is no registry")
    settings = config.parse(data)
    path = server_path(change.name, STATUS_FILE)
    before, landed = read(target, path), read(target, path + SUFFIX)
    text = _changed(before, change)
    files = {path: text}
    if key is not None:
        files[path + SUFFIX] = sign.signed(
            settings, path, text, key.private, int(time.time()), counter=_counter(landed) + 1
        )
    there = {path: before, path + SUFFIX: landed}
    return RequestPlan(
        title=change.title,
        base=settings.branch,
        branch=branches.named_after("status", change.name),
        files=files,
        replaced=frozenset(path for path, data in there.items() if data is not None),
    )


def _changed(before: bytes | None, change: Lifecycle) -> bytes:
    try:
        file = read_status(before) if before is not None else StatusFile({})
    except SidecarError as error:
        raise RegistryError(f"{STATUS_FILE} of {change.name} cannot be read: {error}") from error
    stated = file.root.get(change.version)
    if stated is not None and stated.by == "operator":
        raise RegistryError(f"the registry's operator decided about {change.name} {change.version}")
    if stated == change.stated:
        raise RegistryError(f"no changes: {change.title.lower()} is what is there already")
    return status_text.write({**file.root, change.version: change.stated})


def _counter(landed: bytes | None) -> int:
    try:
        last = signature.read(landed) if landed is not None else None
    except signature.SignatureError:
        return 0
    return last.counter if isinstance(last, signature.Signature) else 0
