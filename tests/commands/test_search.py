"""What the command says where nothing is found: the words lack, or the topic does."""

from __future__ import annotations

import pytest

from builder import cli
from tests.registry import Registry, entry_file


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zzzzzz"], "no server has any of these words"),
        (["zzzzzz", "--topic", "weather"], "no server of the topic weather has any of these words"),
        (["weather", "--topic", "nope"], "no server has the topic nope"),
        (["weather", "--topic", "\x1b[2J"], "no server has the topic \\u001b[2J"),
    ],
)
def test_nothing_found_is_told_as_what_it_is(
    registry: Registry, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file("com.example/weather", description="Tells the weather of tomorrow"))
    root = ["--root", str(registry.root)]
    assert cli.run(["search", "weather", "--topic", "weather", *root]) == 0
    assert "com.example/weather" in capsys.readouterr().out
    assert cli.run(["search", *words, *root]) == 0
    assert capsys.readouterr() == ("", f"{said}\n")
