"""Heads of requests that no publisher would make, at a registry on GitHub."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.desk import Desk
from tests.forge.github_server import GitHubServer, github
from tests.hostile import plumbing
from tests.registry import CONFIG, entry_file

MIB = 1024 * 1024


ENTRY = "servers/com.example/weather/1.0.0.json"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[GitHubServer]:
    with github(tmp_path / "github", CONFIG) as (hub, _):
        yield hub


def has(desk: Desk, id: str) -> bool:
    command = ["git", "-C", str(desk.root), "cat-file", "-e", id]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def branch(hub: GitHubServer, *commits: bytes) -> str:
    head = plumbing.history(hub.git, "odd", commits)
    hub.git.git("update-ref", "-d", "refs/heads/odd")  # no clone has it
    return head


def entry_command(path: str = ENTRY) -> bytes:
    (content,) = entry_file().values()
    return plumbing.inline(path, json.dumps(content, indent=2).encode())
