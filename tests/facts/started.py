"""MCP servers as programs of their own on loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def started(command: Sequence[str | Path], port: int, *, says: str) -> Iterator[str]:
    """Run a server, told its port by $PORT too; gives its address once its stderr says that it listens."""
    environment = {**os.environ, "PORT": str(port)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        assert any(says in line for line in process.stderr)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        process.communicate()
