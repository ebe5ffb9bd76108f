"""The files of a change to what is published: a correction of an entry, or a lifecycle."""

from __future__ import annotations

from typing import Literal

from builder.catalogue.server import Server
from builder.git import trees
from builder.model import sidecars
from builder.model.layout import SERVERS, STATUS_FILE, entry_path, server_path
from builder.model.server_name import is_name
from builder.model.sidecars import SidecarError, Status, StatusFile, VersionStatus
from builder.publish import status_change
from builder.publish.commit import Files
from builder.publish.draft import Draft
from builder.publish.group_commit import NotInGroup
from builder.publish.live import Live
from builder.publish.status_change import NothingChanges, StatusChange
from builder.publish.writer import Writer


class NoServer(Exception):
    """There is no such server or version."""


def edited(writer: Writer, live: Live, draft: Draft, tip: str) -> Files:
    """Return the files of a correction on top of a commit.

    Raises NoServer, NothingChanges, and NotInGroup as `_server` does.
    """
    server = _server(writer, live, draft.name, tip)
    if _status(writer, server, draft.version, tip).status is Status.DELETED:
        raise NoServer
    if writer.repository.blob(tip, draft.path) == draft.data:
        raise NothingChanges("no changes: the entry is the same already")
    return {draft.path: draft.data}


def with_status(
    writer: Writer,
    live: Live,
    name: str,
    version: str | None,
    change: StatusChange,
    tip: str,
    by: Literal["publisher", "operator"],
) -> Files:
    """Return the files of another lifecycle of a version, or of all (None), on top of a commit.

    Raises NoServer, NothingChanges, and NotInGroup as `_server` does.
    """
    server = _server(writer, live, name, tip)
    wanted = [row.version for row in server.versions if version in (None, row.version)]
    if not wanted:
        raise NoServer
    file = _status_file(writer, name, tip)
    current = {version: _status(writer, server, version, tip) for version in wanted}
    data = status_change.changed(current, file, wanted, change, by)
    return {server_path(name, STATUS_FILE): data}


def _server(writer: Writer, live: Live, name: str, tip: str) -> Server:
    """Return a server as it is at a commit that is on the branch, or will be.

    NotInGroup if readers see another: what was accepted before must be on the branch first.
    """
    if not is_name(name):
        raise NoServer
    repository, seen = writer.repository, live.commit
    folder = [f"{SERVERS}/{name}"]
    is_same = trees.select(repository, seen, folder) == trees.select(repository, tip, folder)
    if seen != writer.tip() or not is_same:
        raise NotInGroup(f"{name} is being written")
    server = live.server(name)
    if server is None:
        raise NoServer
    return server


def _status(writer: Writer, server: Server, version: str, tip: str) -> VersionStatus:
    """Return the lifecycle of a version as readers see it."""
    published = server.version(version)
    if published is None or writer.repository.blob(tip, entry_path(server.name, version)) is None:
        raise NoServer
    return VersionStatus.model_construct(status=published.status, message=published.status_message)


def _status_file(writer: Writer, name: str, tip: str) -> StatusFile:
    data = writer.repository.blob(tip, server_path(name, STATUS_FILE))
    try:
        return sidecars.read_status(data) if data is not None else StatusFile({})
    except SidecarError as error:
        raise NothingChanges(f"status.yaml cannot be read: {error}") from error
