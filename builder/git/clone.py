"""Cloning a repository whole, to read its history."""

from __future__ import annotations

import subprocess
from pathlib import Path

from builder.git.discovery import discover
from builder.git.repository import Repository
from builder.model.errors import RepositoryError


def clone(source: str, target: Path) -> Repository:
    """Clone a repository without a working tree; RepositoryError if git cannot.

    `source` is an address or a folder; only git's own transports are used.
    """
    if source.startswith("-"):
        raise RepositoryError(f"{source} is neither an address nor a folder")
    done = subprocess.run(
        ["git", "clone", "--quiet", "--bare", "--", source, str(target)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RepositoryError(f"cannot clone {source}: {reason[-1] if reason else 'git failed'}")
    return discover(target)
