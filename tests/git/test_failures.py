"""What git refused, in a line that says why, with what mends it."""

from __future__ import annotations

from pathlib import Path

import git
import pytest

from builder import cli
from builder.git import failures
from tests.registry import Registry, entry_file

OWNED = """fatal: detected dubious ownership in repository at '/srv/registry'
To add an exception for this directory, call:

\tgit config --global --add safe.directory /srv/registry
"""


def loose(registry: Registry, id: str) -> Path:
    return registry.root / ".git/objects" / id[:2] / id[2:]


def test_somebody_else_s_repository_is_told_with_the_command() -> None:
    error = git.exc.GitCommandError("ls-files", 128, OWNED.encode())
    told = failures.failure("ls-files", error)
    assert str(told).startswith("git ls-files: fatal: detected dubious ownership")
    assert "\n" not in str(told)
    assert told.help == (
        "if you trust what is in it: git config --global --add safe.directory /srv/registry"
    )


@pytest.mark.parametrize("content", [None, b"", b"garbage"], ids=["gone", "empty", "garbage"])
def test_a_damaged_object_is_told_with_what_mends_it(
    registry: Registry, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    registry.commit(entry_file())
    path = loose(registry, registry.git("rev-parse", "HEAD:registry.yaml"))
    path.chmod(0o644)
    path.unlink() if content is None else path.write_bytes(content)
    assert cli.run(["build", "--root", str(registry.root), "--quiet"]) == 2
    printed = capsys.readouterr().err
    assert "git fsck" in printed and "Traceback" not in printed
