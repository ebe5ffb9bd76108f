"""What rules look at: one entry, the files of a registry, or a change of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from builder.git import records
from builder.git.change import Change
from builder.model import server_json
from builder.model.layout import STATUS_FILE, UPSTREAM_FILE, Kind, Place, place, server_path
from builder.model.remote_address import Remotes
from builder.model.server_json import Document, DocumentError
from builder.model.sidecars import SidecarError, Status, StatusFile, Upstream
from builder.rules.engine import json_schema, parts, plain, typed_body
from builder.rules.engine.fields import Listed, items, string
from builder.rules.engine.private import NONE, Private
from builder.rules.engine.rule import Steps
from builder.rules.engine.schema_violation import Violation

Version = tuple[str, str]
"""A server's name and a version of it."""


@dataclass(frozen=True)
class Entry:
    """One `<version>.json`: its path and what that says, its bytes, and whether upstream.json says it is mirrored.

    `size` is given where the file is too large to have been read, `private` are the hosts of its
    own that the registry allows.
    """

    path: str
    place: Place
    data: bytes
    mirrored: bool = False
    size: int | None = None
    private: Private = NONE

    @cached_property
    def _parsed(self) -> Document | DocumentError:
        if self.size is not None:
            return DocumentError("file-too-large", server_json.too_large(self.size))
        # A mirror keeps what upstream has; that a document is large is a warning there.
        limit = None if self.mirrored else server_json.MAX_BYTES
        try:
            return server_json.parse(self.data, max_bytes=limit)
        except DocumentError as error:
            return error

    @property
    def error(self) -> DocumentError | None:
        """Why the document cannot be read, or None."""
        return self._parsed if isinstance(self._parsed, DocumentError) else None

    @cached_property
    def document(self) -> Document:
        """The document; empty if it cannot be read."""
        return {} if isinstance(self._parsed, DocumentError) else self._parsed

    @cached_property
    def packages(self) -> Listed:
        """The packages that are objects, each with the steps to it."""
        return items(self.document, "packages")

    @cached_property
    def remotes(self) -> Listed:
        """The remotes that are objects, each with the steps to it."""
        return items(self.document, "remotes")

    @cached_property
    def versions(self) -> Sequence[tuple[Steps, str]]:
        """The versions of the server and of its packages, each with the steps to it."""
        own = (("version",), string(self.document, "version"))
        return [
            own,
            *(((*steps, "version"), string(one, "version")) for steps, one in self.packages),
        ]

    @cached_property
    def ascii(self) -> bool:
        """Return whether no text of the document can hold a character outside ASCII."""
        return self.data.isascii() and b"\\u" not in self.data

    @cached_property
    def parts(self) -> int:
        """What the document holds: the sum of `EntryPart`s."""
        present = parts.keyed(self.document)
        versions = (string(one, "version") for _, one in self.packages)
        present |= plain.odd(self.document, versions, self.place)
        if len(self.data) > server_json.MAX_BYTES:
            present |= parts.EntryPart.LARGE.value
        if self.violations:
            present |= parts.EntryPart.VIOLATION.value
        if self.body_violations:
            present |= parts.EntryPart.BODY_VIOLATION.value
        return present if self.ascii else present | parts.EntryPart.LETTERS.value

    @cached_property
    def schema_date(self) -> str:
        """The date of the schema that the document follows: the declared one if there is one."""
        return json_schema.declared_date(self.document.get("$schema"))

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Where the document breaks the JSON Schema of its date."""
        return tuple(json_schema.validator(self.schema_date).violations(self.document))

    @cached_property
    def body_violations(self) -> tuple[Violation, ...]:
        """Where the official API's typed body refuses the document."""
        return tuple(typed_body.validator().violations(self.document))


Placed = tuple[records.TreeEntry, Place]
"""A file, and what its path says."""


@dataclass(frozen=True)
class Tree:
    """Files below `servers/`: all of them, or those that a change can touch on.

    `remotes` are the addresses of each entry's remotes by path, `sidecars` the files beside them
    (or why they cannot be read). `touched` are the paths that are asked about; None for all.
    """

    files: tuple[Placed, ...]
    remotes: Mapping[str, Remotes]
    sidecars: Mapping[str, Any]
    touched: Collection[str] | None = None

    @cached_property
    def mirrored(self) -> frozenset[Version]:
        """The versions that an upstream.json lists."""
        return frozenset(
            (place(path).name, version)
            for path, sidecar in self.sidecars.items()
            if isinstance(sidecar, Upstream)
            for version in sidecar.versions
        )

    @cached_property
    def wrong_sidecars(self) -> Mapping[str, SidecarError]:
        """The sidecars that cannot be read, and why."""
        return {
            path: value for path, value in self.sidecars.items() if isinstance(value, SidecarError)
        }

    @cached_property
    def entries(self) -> tuple[Placed, ...]:
        """The files that are entries."""
        return tuple(
            (file, where)
            for file, where in self.files
            if where.kind is Kind.ENTRY and file.mode in records.FILES
        )

    def status(self, name: str, version: str) -> Status:
        """Return the lifecycle of a version: status.yaml's word, else upstream's, else active."""
        ours = self.sidecars.get(server_path(name, STATUS_FILE))
        if isinstance(ours, StatusFile) and (own := ours.of(version)) is not None:
            return own.status
        theirs = self.sidecars.get(server_path(name, UPSTREAM_FILE))
        if isinstance(theirs, Upstream):
            stated = theirs.versions.get(version, {}).get("status")
            return Status(stated) if stated in list(Status) else Status.ACTIVE
        return Status.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The bytes of registry.yaml on the base and after a change of it; None where there is none."""

    before: bytes | None
    after: bytes | None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A change, and what its base has: the namespaces, and the versions that are mirrored there.

    `unpublished` are the versions that it removes and that were never published anywhere:
    their files cannot be read, or have no path of their own. `settings` are given if it touches
    registry.yaml.
    """

    change: Change
    namespaces: frozenset[str]
    mirrored: frozenset[Version]
    unpublished: frozenset[Version] = frozenset()
    settings: Settings | None = None
