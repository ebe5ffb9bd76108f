"""The logs of registries that are mirrored, as a commit has them: `origins/`."""

from __future__ import annotations

import re

from builder.git.records import FILES
from builder.git.repository import Repository
from builder.model.layout import ORIGINS

_ORIGIN_FILE = re.compile(
    r"[0-9a-f]{16}/(checkpoint|key|tile/[0-9]{1,2}/[0-9x/]+(\.p/[0-9]{1,3})?)"
)


def read(repository: Repository, commit: str) -> dict[str, bytes]:
    """Return the files of the logs that are kept of registries mirrored, by path, in byte order."""
    files = {
        entry.path.removeprefix(f"{ORIGINS}/"): entry.blob
        for entry in repository.tree(commit, ORIGINS)
        if entry.mode in FILES
    }
    known = {path: blob for path, blob in files.items() if _ORIGIN_FILE.fullmatch(path)}
    blobs = dict(repository.blobs(known.values())) if known else {}
    return {path: blobs[blob] for path, blob in sorted(known.items())}
