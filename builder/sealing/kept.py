"""The last checkpoint that was signed for an output folder, kept beside it: builds do not touch it."""

from __future__ import annotations

from pathlib import Path

from builder.output.tree import sibling
from builder.runtime import atomic

_NAME = "checkpoint"


def read(out: Path) -> bytes | None:
    """Return the checkpoint that was signed last; None if there is none."""
    path = sibling(out, "seal") / _NAME
    return path.read_bytes() if path.is_file() else None


def write(out: Path, body: bytes) -> None:
    """Keep a checkpoint as the one that was signed last."""
    folder = sibling(out, "seal")
    folder.mkdir(parents=True, exist_ok=True)
    with atomic.replacing(folder / _NAME, durable=True) as file:
        file.write(body)
