"""Pages as a folder, or as packs in one, without a build around them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from builder.build.packed_texts import packed_texts
from builder.build.packing import pack_site
from builder.model.config import Config
from builder.model.page import Page
from builder.output.writer import TargetTree, failing_cleanly, write_pages
from builder.pack import spool


def write_folder(pages: Iterable[Page], out: Path) -> None:
    """Write pages into a new folder; OutputError, and nothing is there, if they cannot be."""
    fresh = out.with_name(f".{out.name}-next")
    with failing_cleanly(out):
        fresh.mkdir(parents=True)
        write_pages(TargetTree(folder=fresh), pages)
        fresh.rename(out)


def write_packed(pages: Iterable[Page], out: Path, config: Config) -> None:
    """Write the pages of a registry with these settings into a new folder in their packed form."""
    waiting = out.with_name(f".{out.name}-spool")
    for folder in (waiting, out):
        folder.mkdir(parents=True)
    spool.begin(waiting, packed_texts(config))
    with spool.closing():
        write_pages(TargetTree(folder=out, spool=waiting), pages)
    pack_site(waiting, out, None, ())
    shutil.rmtree(waiting)
