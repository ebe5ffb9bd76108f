"""A registry that vouches for nonsense, and one without an end: one line, and the copy stays true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.errors import RegistryError
from builder.pull import registry as pull_registry
from builder.pull.registry import SNAPSHOT_FILE
from tests.pull.cdn import fresh, path, site
from tests.pull.copies import held, pull
from tests.pull.life import Life, bulk, play, publish
from tests.pull.test_hostile import vouched

ODD: list[Any] = ["\ud800", 10**30, -1, 1e308, None, True, [], {}, "x" * 100_000, ""]


@pytest.fixture(scope="module")
def life() -> Life:
    return play([bulk("a", 20, 1), publish("com.example/a", "1.0.0")])


def paths(value: Any) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value."""
    members: Any = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = list(enumerate(value))[:1]
    return [(key, *rest) for key, member in members for rest in [(), *paths(member)]]


def altered(value: Any, place: tuple[Any, ...], lie: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = lie
    return copy


def require_one_line_or_a_copy(files: Any, out: Path) -> None:
    try:
        pull(fresh(files), out)
    except RegistryError as error:
        assert "\n" not in error.message
        held(out)
    out.unlink(missing_ok=True)


@pytest.mark.parametrize("suffix", [".db", ".jsonl"])
def test_odd_values_in_a_head_are_one_line(suffix: str, life: Life, tmp_path: Path) -> None:
    files = site(life.generations[-1])
    head = json.loads(files[path("head.json")])
    for place in paths(head):
        for lie in ODD:
            body = json.dumps(altered(head, place, lie)).encode()
            require_one_line_or_a_copy(
                {**files, path("head.json"): body}, tmp_path / f"copy{suffix}"
            )


@pytest.mark.parametrize("suffix", [".db", ".jsonl"])
def test_odd_values_that_are_vouched_for_are_one_line(
    suffix: str, life: Life, tmp_path: Path
) -> None:
    import gzip

    files = site(life.generations[-1])
    lines = gzip.decompress(files[path(SNAPSHOT_FILE)]).splitlines()
    for number in (0, len(lines) - 1):
        value = json.loads(lines[number])
        for place in paths(value):
            for lie in ODD[:6]:
                line = json.dumps(altered(value, place, lie), separators=(",", ":")).encode()
                body = b"\n".join([*lines[:number], line, *lines[number + 1 :], b""])
                lying = vouched(files, SNAPSHOT_FILE, gzip.compress(body, 1))
                require_one_line_or_a_copy(lying, tmp_path / f"copy{suffix}")


def test_a_snapshot_larger_than_allowed_is_left_with_the_option_that_allows_it(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_registry, "SNAPSHOT", 10)
    monkeypatch.setattr("builder.pull.sync.SNAPSHOT", 10)
    with pytest.raises(RegistryError, match="more than 10 bytes") as caught:
        pull(fresh(site(life.generations[-1])), tmp_path / "copy.db")
    assert caught.value.help is not None
    assert "--max-megabytes" in caught.value.help


def test_the_option_is_one_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["pull", "--help"]) == 0
    assert "--max-megabytes" in capsys.readouterr().out
