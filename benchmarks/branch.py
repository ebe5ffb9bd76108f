"""Branches of a generated registry: the same history, and one more commit on top."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

from benchmarks import generate
from builder.git.repository import Repository


def put(repository: Repository, name: str, files: Mapping[str, str], start: str = "main") -> None:
    """Put one more commit with these files (path -> text) on a branch, as one of its own."""
    last = repository.dates(start)[0][1]
    command = ["git", "-C", str(repository.root), "fast-import", "--quiet", "--done", "--force"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        commit = generate.Commit(last + generate.MINUTE, dict(files))
        generate.write_commit(
            importer.stdin, f"refs/heads/{name}", commit, f"from refs/heads/{start}\n".encode()
        )
        importer.stdin.write(b"done\n")
