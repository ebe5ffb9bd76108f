"""What is mutable in a site, vouched for: TUF's targets, snapshot and timestamp, made at a deploy.

Versions are seconds since 1970, which never go back and need no memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from securesystemslib.signer import Signer
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from builder.model.page_paths import SEALS
from builder.trust.ceremony import ONLINE, SignedRoot, add_signature
from builder.trust.tiles import ProofError

TARGETS = (
    "head.json",
    "snapshot.jsonl.gz",
    "changes/index.json",
    "pages/all/index.json",
    "pages/latest/index.json",
    *SEALS,
)
"""Below the folder of the registry's extensions; everything else is named by these with a hash."""
_SERIALIZER = JSONSerializer(compact=True)


def make(
    files: Mapping[str, bytes],
    roots: Iterable[SignedRoot],
    signer: Signer,
    now: datetime,
    *,
    hours: int,
    days: int,
) -> dict[str, bytes]:
    """Return the files of `trust/` by their names, for these target files by their paths.

    The timestamp is good for `hours`, the rest for `days`. Raises ProofError if the newest root
    lets another key sign a deploy.
    """
    every = list(roots)
    _require_allowed(every[-1].signed, signer)
    version, later = int(now.timestamp()), (now + timedelta(days=days)).replace(microsecond=0)
    soon = (now + timedelta(hours=hours)).replace(microsecond=0)
    described = {path: TargetFile.from_data(path, body, ["sha256"]) for path, body in files.items()}
    targets = _signed(Targets(version=version, expires=later, targets=described), signer)
    listed = {"targets.json": MetaFile.from_data(version, targets, ["sha256"])}
    snapshot = _signed(Snapshot(version=version, expires=later, meta=listed), signer)
    pointed = MetaFile.from_data(version, snapshot, ["sha256"])
    timestamp = _signed(Timestamp(version=version, expires=soon, snapshot_meta=pointed), signer)
    return {
        **{f"{root.signed.version}.root.json": root.to_bytes(_SERIALIZER) for root in every},
        f"{version}.targets.json": targets,
        f"{version}.snapshot.json": snapshot,
        "timestamp.json": timestamp,
    }


def _require_allowed(newest: Root, signer: Signer) -> None:
    for role in ONLINE:
        if signer.public_key.keyid not in newest.roles[role].keyids:
            raise ProofError(
                f"the root lets another key sign {role}",
                help="use that key, or rotate: mcp-registry trust rotate --online KEY",
            )


_Role = TypeVar("_Role", Targets, Snapshot, Timestamp)


def _signed(role: _Role, signer: Signer) -> bytes:
    metadata = Metadata(role)
    add_signature(metadata, signer)
    return metadata.to_bytes(_SERIALIZER)
