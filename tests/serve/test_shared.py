"""Several servers on one folder: a build of another process is waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from builder.build import trees
from tests.patience import PATIENCE
from tests.registry import Registry, entry_file

ROOT = Path(__file__).parents[2]


def test_a_server_waits_for_the_build_of_another(registry: Registry) -> None:
    registry.commit(entry_file())
    arguments = ["-m", "builder", "serve", "--root", str(registry.root), "--port", "0"]
    with trees.build_lock(registry.root / "public"):
        server = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert server.stderr is not None
        assert "waiting for it" in server.stderr.readline()
    try:
        url = next(line.split()[-1] for line in server.stderr if line.startswith("serving "))
        assert httpx.get(f"{url}/v0.1/ping", trust_env=False, timeout=PATIENCE).json() == {
            "pong": True
        }
    finally:
        server.terminate()
        server.wait()
        server.stderr.close()
