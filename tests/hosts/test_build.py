"""A build refuses what a named host would refuse, before the host does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.hosts.table import HOSTS
from tests.registry import Registry, entry_file


def allow(monkeypatch: pytest.MonkeyPatch, **limit: int) -> None:
    """Let GitHub Pages take no more than this."""
    pages = HOSTS["github-pages"]
    plan = replace(pages.plans[-1], files=None, file_bytes=None, total_bytes=None)
    changed: dict[str, Any] = dict(limit)
    limited = replace(pages, plans=(replace(plan, **changed),))
    monkeypatch.setitem(HOSTS, "github-pages", limited)


@pytest.mark.parametrize(
    "limit", [{"files": 40}, {"file_bytes": 5_000}, {"total_bytes": 100_000}], ids=str
)
@pytest.mark.parametrize("form", ["--out", "--archive"])
def test_over_a_limit_nothing_is_built(
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    limit: dict[str, int],
    form: str,
) -> None:
    registry.commit(entry_file())
    target = tmp_path / "target"
    arguments = ["build", "--root", str(registry.root), "--jobs", "1", form, str(target)]
    allow(monkeypatch, **limit)
    assert cli.run(arguments) == 1
    assert "GitHub Pages" in capsys.readouterr().err
    assert not target.exists()
    monkeypatch.undo()
    assert cli.run(arguments) == 0
    before = sorted(target.rglob("*")) or target.read_bytes()
    registry.commit(entry_file(version="2.0.0"))
    allow(monkeypatch, **limit)
    assert cli.run(arguments) == 1
    assert (sorted(target.rglob("*")) or target.read_bytes()) == before


def test_near_a_limit_is_a_warning(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    arguments = ["build", "--root", str(registry.root), "--jobs", "1"]
    assert cli.run(arguments) == 0
    files = sum(path.is_file() for path in (registry.root / "public").rglob("*"))
    allow(monkeypatch, files=files + 10)
    assert cli.run([*arguments, "--clean"]) == 0
    assert "warning[host-limit]" in capsys.readouterr().err
