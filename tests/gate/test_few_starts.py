"""What the check of a change does not do: start git for each question, import what asks other hosts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from builder import cli
from builder.check import remote_index
from builder.git import index_file
from builder.ownership import removed
from tests.registry import Registry, entry_file
from tests.started import noted

STARTS = 12
"""What git's version is, two revisions, common ancestors, dates; objects one by one, and their sizes."""

OF_WORKING_TREE = 12
"""The registry's branch and its settings; a repository with a commit of the working tree."""


def test_git_is_started_a_few_times(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    base = registry.commit(entry_file("com.example/weather"))
    registry.commit(entry_file("com.example/weather", "1.1.0"))
    started = noted(monkeypatch)
    cli.run(["check", "--root", str(registry.root), "--base", base])
    assert 0 < len(started) <= STARTS, started


def test_the_next_check_goes_on_from_what_this_one_read(registry: Registry) -> None:
    base = registry.commit(entry_file("com.example/weather"))
    remotes = [{"type": "sse", "url": "https://mcp.example.com"}]
    registry.commit(entry_file("com.example/weather", "1.1.0", remotes=remotes))
    cli.run(["check", "--root", str(registry.root), "--base", base])
    kept = index_file.read(registry.repository, removed.FILE)
    # Of this namespace alone: that of all is a question to every commit.
    assert kept["namespaces"] == ["com.example"]
    assert index_file.exists(registry.repository, remote_index.FILE)


def test_what_is_not_committed_yet_is_judged_by_few_starts_and_what_was_read_is_kept(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit(entry_file("com.example/weather"))
    registry.write(entry_file("com.example/weather", "1.1.0"))
    started = noted(monkeypatch)
    for _ in range(2):  # the second goes on from what the first has kept
        started.clear()
        cli.run(["check", "--root", str(registry.root), "--as", "alice:1"])
        assert 0 < len(started) <= STARTS + OF_WORKING_TREE, started
        assert index_file.read(registry.repository, removed.FILE)["namespaces"] == ["com.example"]


def test_nothing_that_asks_hosts_is_imported(registry: Registry) -> None:
    base = registry.commit(entry_file("com.example/weather"))
    registry.commit(entry_file("com.example/weather", "1.1.0"))
    script = (
        "import sys; from builder import cli; cli.run(sys.argv[1:]);"
        "sys.exit('httpx' in sys.modules)"
    )
    command = (sys.executable, "-c", script, "check", "--root", registry.root, "--base", base)
    assert subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0
