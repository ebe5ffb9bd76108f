"""What is mutable in a site, vouched for: TUF's targets, snapshot and timestamp, made at a deploy.

Versions are seconds since 1970, which never go back and need no memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from securesystemslib.signer import Signer
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from builder.model.page_paths import SEALS
from builder.trust.ceremony import ONLINE, SignedRoot
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
    signers: Mapping[str, Signer],
    now: datetime,
    *,
    hours: int,
    days: int,
) -> dict[str, bytes]:
    """Return the files of `trust/` by their names, for these target files by their paths.

    `signers` sign by role. The timestamp is good for `hours`, the rest for `days`. Raises
    ProofError if the newest root lets a signer not sign.
    """
    every = list(roots)
    newest = every[-1].signed
    for role in ONLINE:
        if signers[role].public_key.keyid not in newest.roles[role].keyids:
            raise ProofError(
                f"the root lets another key sign {role}",
                help="use that key, or rotate: mcp-registry trust rotate --online KEY",
            )
    version, later = int(now.timestamp()), (now + timedelta(days=days)).replace(microsecond=0)
    targets = Metadata(
        Targets(
            version=version,
            expires=later,
            targets={
                path: TargetFile.from_data(path, body, ["sha256"]) for path, body in files.items()
            },
        )
    )
    targets.sign(signers["targets"])
    targets_body = targets.to_bytes(_SERIALIZER)
    described = MetaFile.from_data(version, targets_body, ["sha256"])
    snapshot = Metadata(Snapshot(version=version, expires=later, meta={"targets.json": described}))
    snapshot.sign(signers["snapshot"])
    snapshot_body = snapshot.to_bytes(_SERIALIZER)
    timestamp = Metadata(
        Timestamp(
            version=version,
            expires=(now + timedelta(hours=hours)).replace(microsecond=0),
            snapshot_meta=MetaFile.from_data(version, snapshot_body, ["sha256"]),
        )
    )
    timestamp.sign(signers["timestamp"])
    return {
        **{f"{root.signed.version}.root.json": root.to_bytes(_SERIALIZER) for root in every},
        f"{version}.targets.json": targets_body,
        f"{version}.snapshot.json": snapshot_body,
        "timestamp.json": timestamp.to_bytes(_SERIALIZER),
    }
