"""A remote that takes each publication before it counts."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Remote:
    """A bare repository that publications are pushed to, with hooks that refuse or are slow."""

    folder: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments], capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def hook(self, text: str) -> None:
        hook = self.folder / "hooks/pre-receive"
        hook.write_text(f"#!/bin/sh\n{text}\n")
        hook.chmod(0o755)

    def count(self, file: str) -> int:
        """Count the lines that hooks have written to a file."""
        return len((self.folder / file).read_text().splitlines())

    @property
    def tip(self) -> str:
        return self.git("rev-parse", "refs/heads/main")
