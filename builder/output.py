"""Pages -> files: the one place that writes a site.

A site is written into a new folder beside the old one and swapped in when it is complete: whoever
reads the old one never sees half of the new. Creating files in a new folder is also 3 to 7 times
faster than in one that was just emptied.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builder.errors import RegistryError
from builder.page import Page

_RESERVED = {"", ".", ".."}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: number of files and their bytes."""

    files: int
    bytes: int


class OutputError(RegistryError):
    """The site cannot be written: two pages for one path, or the file system refuses."""


def write(pages: Iterable[Page], out: Path) -> Summary:
    """Write pages as a folder and swap it in for `out`.

    Raises OutputError, and leaves `out` as it was, when two pages want one path or the file
    system refuses.
    """
    out = out.absolute()
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        summary = _fill(fresh, pages)
        fresh.chmod(0o755)
        swap(fresh, out)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename or out}: {error.strerror}") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return summary


def swap(fresh: Path, out: Path) -> None:
    """Put the folder `fresh` in the place of `out`; afterwards `fresh` is the old one, if any."""
    if not out.exists():
        fresh.rename(out)
        return
    old = fresh.with_name(f"{fresh.name}-old")
    out.rename(old)
    fresh.rename(out)
    old.rename(fresh)


def refuse_foreign(out: Path) -> None:
    """Refuse to replace a folder that does not hold a site: it is somebody's own.

    Raises OutputError.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / "index.json").is_file():
        raise OutputError(
            f"{out} is not empty and was not written by mcp-registry",
            help="name another folder with --out, or empty this one",
        )
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is not a folder", help="name another one with --out")


def _fill(folder: Path, pages: Iterable[Page]) -> Summary:
    files = size = 0
    made: set[str] = set()
    for page in pages:
        parent, _, name = page.path.rpartition("/")
        if _RESERVED & set(page.path.split("/")) or "\0" in page.path:
            raise OutputError(f"a page cannot have the path {page.path!r}")
        if parent not in made:
            (folder / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        try:
            descriptor = os.open(
                folder / parent / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644
            )
        except FileExistsError as error:
            raise OutputError(f"two pages want the path {page.path!r}") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(page.body)
        files += 1
        size += len(page.body)
    return Summary(files, size)
