"""A packed site: its files and bytes, what making it takes, and how many files a new version sends."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure

FILES, MEGABYTES, SENT = 5_000, 500, 30
"""The aims: of the whole site at 100,000 versions, and of what the next version sends."""


def figures(repository: Path, work: Path, one: str) -> Iterator[str]:
    """Yield lines of a clean build before the commit `one`, which publishes one version, and of the next one."""
    out = work / "packed"
    base: list[str | Path] = ["build", "--root", repository, "--packed", "--out", out]
    clean = measure.registry(*base, "--rev", f"{one}~1")
    before = _digests(out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    yield (
        f"clean build, packed: {clean.seconds:.1f} s ({clean.processor:.1f} s of processor; "
        f"{clean.largest:,.0f} MiB, together {clean.together:,.0f} MiB); {len(before):,} files, "
        f"aim {FILES:,}; {size / 1e6:,.0f} MB, aim {MEGABYTES} MB"
    )
    following = measure.registry(*base, "--rev", one)
    sent = sum(before.get(path) != digest for path, digest in _digests(out).items())
    yield (
        f"next build, packed: {following.seconds:.1f} s ({following.processor:.1f} s of processor; "
        f"{following.largest:,.0f} MiB); one new version sends {sent} files, aim {SENT}"
    )
    shutil.rmtree(out)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
