"""A registry that vouches for nonsense, and one without an end: one line, and the copy stays true."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.model.errors import RegistryError
from builder.pull import registry as pull_registry
from builder.pull.head import SNAPSHOT_FILE
from tests.faults.slow_site import slow_site
from tests.pull.cdn import Site, fresh, path, site
from tests.pull.copies import held, pull
from tests.pull.life import Life, bulk, play, publish, truth
from tests.pull.test_hostile import vouched

Capture = pytest.CaptureFixture[str]
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


def with_shard(files: Site, name: str, body: bytes) -> Site:
    """The same files with another shard of the change log, which the head has the hash of."""
    head = json.loads(files[path("head.json")])
    digest = hashlib.sha256(body).hexdigest()
    rows = [
        {**row, "sha256": digest} if f"changes/{row['url']}" == name else row
        for row in head["newest"]
    ]
    assert any(row["sha256"] == digest for row in rows)
    altered_head = json.dumps({**head, "newest": rows}).encode()
    return {**files, path(name): body, path("head.json"): altered_head}


@pytest.mark.parametrize("suffix", [".db", ".jsonl"])
def test_odd_values_in_the_change_log_are_one_line(suffix: str, life: Life, tmp_path: Path) -> None:
    older, newer = site(life.generations[-2]), site(life.generations[-1])
    before, name = tmp_path / f"before{suffix}", "changes/recent.json"
    pull(fresh(older), before)
    shard = json.loads(newer[path(name)])
    event = shard["servers"][-1]
    for place in paths(event):
        for lie in (*ODD[:6], float("inf"), float("nan"), "a\udfff\ud800"):
            events = [*shard["servers"][:-1], altered(event, place, lie)]
            body = json.dumps({**shard, "servers": events}, separators=(",", ":")).encode()
            out = tmp_path / f"copy{suffix}"
            shutil.copy(before, out)
            require_one_line_or_a_copy(with_shard(newer, name, body), out)


SLOW = ("index.json", "head.json", SNAPSHOT_FILE, "changes/")


@pytest.mark.parametrize("slow", SLOW)
def test_a_byte_now_and_then_is_left_and_gone_on_from(
    slow: str, life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """As a host that sends one byte a second: no file takes longer than its size allows."""
    monkeypatch.setattr(pull_registry, "SECONDS", 0.2)
    monkeypatch.setattr("builder.net.retry.time.sleep", lambda _: None)
    files, out = site(life.generations[-1]), tmp_path / "copy.db"
    if slow == "changes/":
        pull(fresh(site(life.generations[-2])), out)
    known = held(out) if out.exists() else (0, {})

    def is_slow(asked: str) -> bool:
        of_log = slow == "changes/" and "/changes/" in asked
        return of_log or asked == path(slow) or asked == f"/some/prefix/{slow}"

    with slow_site(files, is_slow) as url:
        assert cli.run(["pull", f"{url}/some/prefix", "--out", str(out), "--insecure"]) == 2
    printed = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error")]
    assert len(printed) == 1
    assert "takes too long" in printed[0] or "timed out" in printed[0]
    assert held(out) == known
    with slow_site(files, lambda _: False) as url:
        assert cli.run(["pull", f"{url}/some/prefix", "--out", str(out), "--insecure"]) == 0
    assert held(out) == (len(life.generations[-1].events), truth(life.generations[-1]))


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
