"""Pages as a folder, without a build around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from builder.model.page import Page
from builder.output.writer import TargetTree, failing_cleanly, write_pages


def write_folder(pages: Iterable[Page], out: Path) -> None:
    """Write pages into a new folder; OutputError, and nothing is there, if they cannot be."""
    fresh = out.with_name(f".{out.name}-next")
    with failing_cleanly(out):
        fresh.mkdir(parents=True)
        write_pages(TargetTree(folder=fresh), pages)
        fresh.rename(out)
