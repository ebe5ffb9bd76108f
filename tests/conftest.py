"""Fixtures that many tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry import Registry


@pytest.fixture(autouse=True)
def _own_git_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the git configuration of the machine."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """An empty registry repository with one commit (registry.yaml)."""
    return Registry(tmp_path / "registry")
