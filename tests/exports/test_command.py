"""`mcp-registry export` prints or writes what the site has."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder import cli
from tests.registry import Registry


def export(registry: Registry, *words: str) -> int:
    return cli.run(["export", *words, "--root", str(registry.root)])


def test_the_command_prints_what_the_site_has(
    registry: Registry, site: dict[str, bytes], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert export(registry, "claude-code", "--collection", "data") == 0
    printed = capfdbinary.readouterr().out
    assert printed == site["exports/collections/data/claude-code/managed-settings.json"]


def test_the_command_writes_every_file_of_a_format(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(registry, "vs-code", "--team", "platform", "--out", str(tmp_path)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "policy.json",
        "vscode.mobileconfig",
        "vscode.reg",
    }
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("claude",), "did you mean claude-code?"),
        (("kiro", "--collection", "none"), "there are: collections/data, teams/platform"),
    ],
)
def test_the_command_says_what_there_is(
    registry: Registry, words: tuple[str, ...], printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(registry, *words) == 2
    assert printed in capsys.readouterr().err
