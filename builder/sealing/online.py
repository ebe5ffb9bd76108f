"""Signing what is mutable in a built site: `trust/` below the folder of the registry's extensions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from securesystemslib.signer import Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Timestamp
from tuf.api.serialization import DeserializationError

from builder.model.page_paths import TRUST
from builder.output.tree import remove_tree
from builder.pull.site_files import MissingFile, open_site
from builder.runtime import atomic
from builder.sealing.site import UnsealedLog
from builder.trust import ceremony, targets
from builder.trust.tiles import ProofError

DAYS = 90
"""How long targets and snapshot are good: a site that is not deployed anew ends after that."""


def write_trust(
    log: UnsealedLog,
    roots_folder: Path,
    signer: Signer,
    now: datetime,
    hours: int,
    deployed: str = "",
) -> int:
    """Write the metadata of a sealed site into it, and return the root's version.

    The timestamp is good for `hours`, the rest for DAYS. Raises ProofError if a root is not signed
    by enough keys, or lets other keys sign, or if the timestamp of the site that is `deployed` (an
    address or a folder, "" to ask none) was not signed before now: clients take nothing that is
    older.
    """
    roots = ceremony.read_all(roots_folder)
    for previous, root in zip([None, *roots], roots, strict=False):
        if ceremony.missing(root, previous).any:
            raise ProofError(
                f"root {root.signed.version} is not signed by enough keys",
                help="see: mcp-registry trust status",
            )
    if deployed:
        _require_later(deployed, log, roots[-1].signed, now)
    own = (log.site / log.folder).parent
    files = {path: (own / path).read_bytes() for path in targets.TARGETS}
    made = targets.make(files, roots, signer, now, hours=hours, days=DAYS)
    out = own / TRUST
    remove_tree(out)
    out.mkdir(parents=True)
    for name, body in made.items():
        atomic.write(out / name, body)
    return roots[-1].signed.version


def _require_later(deployed: str, log: UnsealedLog, root: Root, now: datetime) -> None:
    path = f"{log.folder.rpartition('/')[0]}/{TRUST}timestamp.json"
    with open_site(deployed) as site:
        try:
            before: Metadata[Timestamp] = Metadata.from_bytes(site.read(path))
            root.verify_delegate("timestamp", before.signed_bytes, before.signatures)
        except (MissingFile, DeserializationError, UnsignedMetadataError):
            return  # none of the keys that sign now: no client holds it against this one
    if before.signed.version >= int(now.timestamp()):
        raise ProofError(
            "the deployed site was signed later than now, by this machine's clock",
            help="set the clock; if it was wrong at that deploy, let another key sign: "
            "mcp-registry trust rotate --online KEY",
        )
