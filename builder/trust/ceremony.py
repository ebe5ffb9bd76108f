"""The root of trust: which keys may sign what, and how it changes (The Update Framework, 1.0).

A root is signed by a threshold of the keys of the root before it and of its own. It is kept in
the repository as `trust/<version>.root.json`, every version for ever: clients go through them one
by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from builder.runtime import atomic
from builder.trust.tiles import ProofError

ROLES = ("root", "targets", "snapshot", "timestamp")
ONLINE = ("targets", "snapshot", "timestamp")
"""The roles that the deploy signs with, each time."""
_FILE = re.compile(r"([1-9][0-9]{0,8})\.root\.json")

SignedRoot = Metadata[Root]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSignatures:
    """How many signatures a root still needs, of its own keys and of those before it."""

    own: int
    previous: int

    @property
    def any(self) -> int:
        """The larger of both."""
        return max(self.own, self.previous)


def create(
    keys: Sequence[Key], threshold: int, online: Sequence[Key], expires: datetime
) -> SignedRoot:
    """Return the first root, unsigned; ProofError if the threshold cannot be reached."""
    root = Root(version=1, expires=expires, consistent_snapshot=True)
    for key in keys:
        root.add_key(key, "root")
    for role in ONLINE:
        for key in online:
            root.add_key(key, role)
    _set_threshold(root, threshold)
    return Metadata(root)


def read_all(folder: Path) -> list[SignedRoot]:
    """Return every version of the root, oldest first; ProofError if there is none, or a gap."""
    numbered = sorted(
        (int(match[1]), path)
        for path in folder.glob("*.root.json")
        if (match := _FILE.fullmatch(path.name))
    )
    if not numbered or [number for number, _ in numbered] != list(range(1, len(numbered) + 1)):
        raise ProofError(
            f"{folder} has no root of trust, or not every version of it",
            help="begin with: mcp-registry trust init",
        )
    return [read(path.read_bytes()) for _, path in numbered]


def read(body: bytes) -> SignedRoot:
    """Read a root; ProofError if it is none."""
    try:
        metadata: SignedRoot = Metadata.from_bytes(body)
    except DeserializationError as error:
        raise ProofError("this is not a root of trust") from error
    if not isinstance(metadata.signed, Root):
        raise ProofError("this is not a root of trust")
    return metadata


def write(folder: Path, metadata: SignedRoot) -> Path:
    """Write a version of the root into its file, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{metadata.signed.version}.root.json"
    atomic.write(path, metadata.to_bytes(JSONSerializer(compact=False)))
    return path


def next_version(root: SignedRoot, expires: datetime) -> SignedRoot:
    """Return a root that can be changed and signed, as the version after this one."""
    following: SignedRoot = Metadata.from_bytes(root.to_bytes())
    following.signatures.clear()
    following.signed.version += 1
    following.signed.expires = expires
    return following


def replace_online(root: Root, keys: Iterable[Key]) -> None:
    """Let other keys sign what a deploy signs, and none that did before."""
    for role in ONLINE:
        for known in list(root.roles[role].keyids):
            root.revoke_key(known, role)
        for key in keys:
            root.add_key(key, role)


def add_root_key(root: Root, key: Key, threshold: int | None) -> None:
    """Let one more key sign the root; ProofError if the threshold cannot be reached."""
    root.add_key(key, "root")
    _set_threshold(root, threshold or root.roles["root"].threshold)


def revoke(root: Root, key_id: str, threshold: int | None) -> None:
    """Take a key out of every role; ProofError if too few are left, or it has none."""
    roles = [role for role in ROLES if key_id in root.roles[role].keyids]
    if not roles:
        raise ProofError(f"no role has the key {key_id}", help="see: mcp-registry trust status")
    for role in roles:
        root.revoke_key(key_id, role)
    _set_threshold(root, threshold or root.roles["root"].threshold)
    if not all(root.roles[role].keyids for role in ONLINE):
        raise ProofError(
            "then no key could sign a deploy", help="use: mcp-registry trust rotate --online KEY"
        )


def sign(root: SignedRoot, previous: SignedRoot | None, signers: Iterable[Signer]) -> None:
    """Add signatures to a root; ProofError if a key may not sign it, or does not.

    The keys of the root before it may, and its own.
    """
    judges = [root, previous] if previous else [root]
    allowed = {key_id for judge in judges for key_id in judge.signed.roles["root"].keyids}
    for signer in signers:
        if signer.public_key.keyid not in allowed:
            raise ProofError(
                f"the key {signer.public_key.keyid} is none of the root's",
                help="see: mcp-registry trust status",
            )
        add_signature(root, signer)


_AnyRole = TypeVar("_AnyRole", Root, Targets, Snapshot, Timestamp)


def add_signature(metadata: Metadata[_AnyRole], signer: Signer) -> None:
    """Sign metadata; ProofError if the key's service does not answer, or with another signature."""
    try:
        signature = metadata.sign(signer, append=True)
        signer.public_key.verify_signature(signature, metadata.signed_bytes)
    except (UnsignedMetadataError, UnverifiedSignatureError) as error:
        cause = error.__cause__ or error
        raise ProofError(f"the key {signer.public_key.keyid} cannot sign: {cause}") from error


def missing(root: SignedRoot, previous: SignedRoot | None) -> MissingSignatures:
    """Return how many signatures a root still needs before clients take it."""
    return MissingSignatures(
        own=_missing(root, root), previous=_missing(previous, root) if previous else 0
    )


def expires_in(days: int, now: datetime) -> datetime:
    """Return the time after so many days, as metadata can have it."""
    return (now + timedelta(days=days)).replace(microsecond=0)


def _missing(judge: SignedRoot, root: SignedRoot) -> int:
    result = judge.signed.get_verification_result("root", root.signed_bytes, root.signatures)
    return int(max(0, result.threshold - len(result.signed)))


def _set_threshold(root: Root, threshold: int) -> None:
    keys = len(root.roles["root"].keyids)
    if not 1 <= threshold <= keys:
        raise ProofError(
            f"a threshold of {threshold} is not possible with {keys} keys of the root",
            help="name another one with --threshold",
        )
    root.roles["root"].threshold = threshold
