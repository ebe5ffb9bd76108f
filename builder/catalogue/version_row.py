"""A version as the row of a stored block, and of a hash over versions."""

from __future__ import annotations

from typing import Any

from builder.catalogue.server import Version


def version_row(version: Version) -> list[Any]:
    """Return all of a version but its name as JSON; the blob's id stands for the document."""
    logged = version.logged
    # Only a tombstone has no blob; its document is short.
    return [
        version.version,
        version.blob,
        version.status.value,
        version.status_message,
        version.published,
        version.status_changed,
        version.updated,
        version.is_latest,
        version.source,
        version.meta.decode(),
        version.overlay.decode(),
        version.facts.decode(),
        [logged.number, logged.sequence, logged.time, logged.kind.value],
        "" if version.blob else version.document.decode(),
    ]
