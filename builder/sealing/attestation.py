"""The attestation of a sealed log: which run of CI signed the checkpoint, as Sigstore vouches for it.

It is a Sigstore bundle (SLSA provenance whose subject is the checkpoint) beside the checkpoint,
made by the deploy's workflow after `seal`: no build knows of it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from builder.model.page_paths import ATTESTATION, CHECKPOINT
from builder.ownership import bundle
from builder.ownership.signed_run import MAX_BYTES, BundleError, SignedRun
from builder.pull.site_files import FolderFiles, MissingFile, SiteReader, log_folder
from builder.runtime import atomic
from builder.trust.tiles import ProofError


def attach(site: Path, attestation: bytes) -> None:
    """Put a bundle beside the checkpoint of a built site; ProofError if it is of something else.

    Nothing is verified: that is for those who do not trust the site.
    """
    files = FolderFiles(site)
    own = _own_folder(files)
    try:
        checkpoint = files.read(f"{own}/{CHECKPOINT}")
    except MissingFile as error:
        raise ProofError("the site's log is not signed", help="first: mcp-registry seal") from error
    if len(attestation) > MAX_BYTES:
        raise ProofError(f"the bundle has more than {MAX_BYTES:,} bytes")
    digest = hashlib.sha256(checkpoint).hexdigest()
    if not bundle.is_about(_statement(attestation), "sha256", digest):
        raise ProofError(
            f"the bundle is no attestation of the checkpoint (SHA-256 {digest})",
            help="attest after every seal: each one may sign another checkpoint",
        )
    atomic.write(site / own / ATTESTATION, attestation)


def read(site: SiteReader, checkpoint: bytes) -> bytes | None:
    """Return the bundle beside a site's checkpoint; None if there is none, or the checkpoint is another log's."""
    own = _own_folder(site)
    try:
        is_own = site.read(f"{own}/{CHECKPOINT}") == checkpoint
        return site.read(f"{own}/{ATTESTATION}", MAX_BYTES) if is_own else None
    except MissingFile:
        return None


def verify(attestation: bytes, checkpoint: bytes, root: bytes | None, repository: str) -> SignedRun:
    """Return the run that signed a checkpoint; ProofError if none did, or one of another repository.

    `root` has Sigstore's roots of trust, None for those of its public instance; `repository` is
    `<owner>/<name>` or the address of one, "" for any. Raises Unverifiable if the library is not
    here.
    """
    try:
        signed = bundle.connect(root).verify(attestation, checkpoint)
    except BundleError as error:
        raise ProofError(
            f"the attestation of the checkpoint does not hold: {error}",
            help="a deploy may be under way: try again in some minutes",
        ) from error
    run = signed.run
    if repository and repository not in (run.repository, address_of(signed)):
        raise ProofError(
            f"the checkpoint was attested by a run of {address_of(signed)}, not of {repository}"
        )
    return signed


def address_of(signed: SignedRun) -> str:
    """Return the address of the repository whose run signed."""
    return f"https://{signed.run.host}/{signed.run.repository}"


def _own_folder(site: SiteReader) -> str:
    return log_folder(site).rpartition("/")[0]


def _statement(attestation: bytes) -> Mapping[str, Any]:
    try:
        payload = orjson.loads(attestation)["dsseEnvelope"]["payload"]
        statement = orjson.loads(base64.b64decode(payload))
    except (ValueError, KeyError, TypeError) as error:
        raise ProofError("this is no Sigstore bundle with an attestation") from error
    return statement if isinstance(statement, dict) else {}
