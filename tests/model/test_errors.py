"""Errors quote what others wrote: none of it moves or hides anything on a screen."""

from __future__ import annotations

import io
import re

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import cli
from builder.model.errors import RegistryError
from builder.trust import note
from builder.trust.tiles import ProofError

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
TEXTS = st.text(st.sampled_from("ab \n\x00\x1b\x7f\x9b\r\u202e\u200b\u2028"), max_size=20)


@given(TEXTS, TEXTS)
def test_an_error_shows_every_character(message: str, help: str) -> None:
    file = io.StringIO()
    RegistryError(message, help=help).show(file)
    assert not UNSEEN.search(file.getvalue())


@pytest.mark.parametrize("kind", [click.UsageError, click.ClickException, RegistryError])
def test_whatever_stops_a_command_shows_every_character(
    kind: type[click.ClickException],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(_: list[str]) -> int:
        raise kind("it says\x1b[2J\u202e")

    monkeypatch.setattr(cli, "_invoke", stopped)
    assert cli.run([]) != 0
    assert "it says\\u001b[2J\\u202e" in capsys.readouterr().err


@given(st.characters(exclude_categories=["Cs"]))
def test_a_key_s_name_shows_every_character(character: str) -> None:
    key = note.VerifierKey(f"a{character}b", note.ED25519, bytes(32))
    try:
        read = note.read_key(str(key))
    except ProofError:
        return
    assert read.name == key.name and not UNSEEN.search(read.name)
