"""Sidecars, the files next to entries: namespace.yaml, status.yaml, upstream.json and overlay.yaml.

Overlays by pattern are read here too.

Each reader takes the bytes of a file and returns a value; SidecarError tells what is wrong, and
where. The JSON Schemas in `schema/` are generated from these models (docs/schemas.py).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    model_validator,
)

from builder.model import server_json, strict_yaml
from builder.model.approvals import ApprovalsFile
from builder.model.blocks import MAX_BYTES as MAX_BLOCKS
from builder.model.blocks import BlocksFile
from builder.model.collection import CollectionFile
from builder.model.facts import Facts
from builder.model.layout import APPROVALS, BLOCKS, COLLECTIONS, OPERATOR_KINDS, OVERLAYS, place
from builder.model.overlay import Overlay, PatternOverlay, ServerName
from builder.model.owner import Owner
from builder.model.sidecar_reading import SidecarError as SidecarError
from builder.model.sidecar_reading import read
from builder.model.trusted_publisher import TrustedPublisher

FACTS_BYTES = 256 * 1024


class Status(enum.StrEnum):
    """Lifecycle of one version (contract, section 6.4)."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    DELETED = "deleted"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Key(_Strict):
    """A public key that may sign entries of a namespace."""

    algorithm: Literal["ed25519", "ecdsap384"] = Field(description="The kind of key.")
    public: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")] = Field(
        description="The public key, base64: 32 bytes of ed25519, 49 of a compressed P-384 point."
    )


class Namespace(_Strict):
    """namespace.yaml: who may publish into this namespace, and how that was proved."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    owners: tuple[Owner, ...] = Field(
        (), description="Accounts that may publish here, and change this file."
    )
    keys: tuple[Key, ...] = Field((), description="Keys whose signatures let an entry in.")
    proof: Literal["github", "gitlab", "forgejo", "git", "dns", "http", "operator"] = Field(
        description="How the first owner was proved; `operator` for a namespace that registry.yaml grants."
    )
    trusted_publishers: tuple[TrustedPublisher, ...] = Field(
        (),
        alias="trusted-publishers",
        max_length=200,
        description="Workflows whose runs may publish servers here, without a key. A server that is "
        "named here is published by no other run.",
    )

    @model_validator(mode="after")
    def _somebody(self) -> Namespace:
        if not self.owners and not self.keys:
            raise ValueError("a namespace needs at least one owner or key")
        return self

    @property
    def publishers(self) -> frozenset[str]:
        """Logins and numeric ids of the owners, as rules and blocks name publishers."""
        return frozenset(text for owner in self.owners for text in (owner.login, str(owner.id)))


class VersionStatus(_Strict):
    """The lifecycle of one version, or of all with the key `*`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    status: Status = Field(description="Deleted versions stay here, and are hidden from readers.")
    message: Annotated[str, Field(max_length=500)] = Field(
        "", description="Why, and what to use instead."
    )
    by: Literal["publisher", "operator"] = Field(
        "publisher",
        description="Who says so. What the registry's operator says, a publisher cannot change.",
    )
    renamed_to: ServerName | None = Field(
        None,
        alias="renamed-to",
        description="With the key `*`: the name that the server has now. It counts when that one's "
        "status.yaml says `renamed-from`.",
    )
    renamed_from: tuple[ServerName, ...] = Field(
        (),
        alias="renamed-from",
        max_length=20,
        description="With the key `*`: names that the server had. Each counts when its status.yaml says "
        "`renamed-to`.",
    )

    @model_validator(mode="after")
    def _no_message_when_active(self) -> VersionStatus:
        if self.status is Status.ACTIVE and self.message:
            raise ValueError("an active version has no message")
        return self


class StatusFile(RootModel[dict[str, VersionStatus]]):
    """status.yaml: version -> lifecycle; the key `*` stands for every version not named."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _renamed_as_a_whole(self) -> StatusFile:
        for key, status in self.root.items():
            if key != "*" and (status.renamed_to or status.renamed_from):
                raise ValueError(f"a server is renamed as a whole: with the key '*', not {key!r}")
        return self

    def of(self, version: str) -> VersionStatus | None:
        """Return the lifecycle of a version, None if the file has none for it."""
        return self.root.get(version, self.root.get("*"))


class Upstream(_Strict):
    """upstream.json: where a mirrored server came from, and what that registry says of it."""

    source: Annotated[str, Field(min_length=1)] = Field(
        description="Base URL of the registry mirrored."
    )
    versions: dict[str, dict[str, Any]] = Field(
        description="The upstream `io.modelcontextprotocol.registry/official` block of each version."
    )
    # A factory, because pydantic copies an object given as the default in depth: that takes as
    # long as validating the rest of the file.
    meta: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Other keys that upstream has in a version's outer `_meta`.",
        json_schema_extra={"default": {}},
    )


def read_namespace(data: bytes) -> Namespace:
    """Read namespace.yaml, or raise SidecarError."""
    return read(Namespace, data, strict_yaml.parse)


@lru_cache(maxsize=4096)  # each commit that changes a server asks, and many servers say the same
def read_status(data: bytes) -> StatusFile:
    """Read status.yaml, or raise SidecarError."""
    return read(StatusFile, data, strict_yaml.parse)


def read_upstream(data: bytes) -> Upstream:
    """Read upstream.json, or raise SidecarError. It is the mirror's own file, so of any size."""
    return read(Upstream, data, lambda text: server_json.parse(text, max_bytes=None))


@lru_cache(maxsize=1024)  # many servers have the same one
def read_overlay(data: bytes) -> Overlay:
    """Read overlay.yaml, or raise SidecarError."""
    return read(Overlay, data, strict_yaml.parse)


def read_pattern_overlay(data: bytes) -> PatternOverlay:
    """Read a file of overlays/, or raise SidecarError."""
    return read(PatternOverlay, data, strict_yaml.parse)


def read_collection(data: bytes) -> CollectionFile:
    """Read a file of collections/, or raise SidecarError."""
    return read(CollectionFile, data, strict_yaml.parse)


@lru_cache(maxsize=64)  # the same blocks are asked for by each part of a check
def read_blocks(data: bytes) -> BlocksFile:
    """Read blocks.yaml, or raise SidecarError."""
    return read(BlocksFile, data, lambda text: strict_yaml.parse(text, MAX_BLOCKS) or [])


@lru_cache(maxsize=64)
def read_approvals(data: bytes) -> ApprovalsFile:
    """Read approvals.yaml, or raise SidecarError."""
    return read(ApprovalsFile, data, lambda text: strict_yaml.parse(text, MAX_BLOCKS) or [])


def read_facts(data: bytes) -> Facts:
    """Read facts.yaml, or raise SidecarError. It is probe's own file, so larger than others."""
    return read(Facts, data, lambda text: strict_yaml.parse(text, max_bytes=FACTS_BYTES))


READERS: Mapping[str, Callable[[bytes], BaseModel]] = {
    "namespace.yaml": read_namespace,
    "status.yaml": read_status,
    "upstream.json": read_upstream,
    "overlay.yaml": read_overlay,
    "facts.yaml": read_facts,
}
"""What reads a sidecar in `servers/`, by its file name."""
FOLDER_READERS: Mapping[str, Callable[[bytes], BaseModel]] = {
    OVERLAYS: read_pattern_overlay,
    COLLECTIONS: read_collection,
    BLOCKS: read_blocks,
    APPROVALS: read_approvals,
}
"""What reads the files of a folder beside `servers/`, and blocks.yaml."""


@lru_cache(maxsize=16384)  # several passes over the files of a namespace ask for each
def reader(path: str) -> Callable[[bytes], BaseModel] | None:
    """Return what reads the sidecar at this path; None if no sidecar has such a path."""
    folder, _, file = path.partition("/")
    if folder in FOLDER_READERS:
        return FOLDER_READERS[folder] if place(path).kind in OPERATOR_KINDS else None
    return READERS.get(file.rpartition("/")[2])
