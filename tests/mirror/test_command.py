"""`mcp-registry mirror` with a dump: what it reads, what it prints, what it commits."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.mirror.dump import read_dump
from builder.model.finding import has_errors
from builder.model.mirror_settings import MirrorPolicy
from builder.model.server_json import OFFICIAL
from tests.mirror.upstream import apply, item
from tests.registry import Registry

NO_ITEMS: list[Any] = [
    None,
    {"server": None},
    item(version="1.0.0", name=""),
    item() | {"server": {"name": "com.example/odd", "version": None}},
    item("com.example/odd", "latest"),
    item("com.example/odd", ".."),
    item("com.example/odd", size=float("nan")),
    item("com.example/odd", size=10**400),
    item("com.example/odd", title="\ud800"),
    item("com.example/odd") | {"_meta": {OFFICIAL: {"x": float("inf")}}},
]
NO_PACKAGES: list[Any] = [1, "x", {}, [None], [1], [{"transport": 1}]]
ODD_ITEMS = [
    *(item("com.example/odd", packages=value) for value in NO_PACKAGES),
    item("com.example/odd", remotes=["x"]),
    item("com.example/odd", packages=[{"registryType": []}]),
    item("com.example/odd") | {"_meta": [1]},
    item("com.example/odd") | {"_meta": {OFFICIAL: "x"}},
]


@pytest.mark.parametrize("odd", [*NO_ITEMS, *ODD_ITEMS], ids=repr)
def test_one_odd_item_hides_no_other_and_what_comes_in_builds(
    registry: Registry, tmp_path: Path, odd: Any
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item("com.example/fine"), odd]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file), "--commit"]) == 0
    loaded = registry.load()
    assert not has_errors(loaded.findings)
    names = {version.name for version in loaded.catalogue.versions()}
    assert names == {"com.example/fine"} | ({"com.example/odd"} if odd in ODD_ITEMS else set())
    restrictive = MirrorPolicy(package_types=("npm",), transports=("stdio",))
    assert len(apply(tmp_path / "other", [odd], restrictive).entries) == 1


def test_a_broken_sidecar_is_named_in_one_line(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item()]))
    sidecar_file = registry.root / "servers/com.example/weather/upstream.json"
    sidecar_file.parent.mkdir(parents=True)
    sidecar_file.write_text("<<<<<<< HEAD\n")
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 2
    assert "servers/com.example/weather/upstream.json" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_escaped(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item("com.example/\x1b[2J\ud800")]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 0
    assert "com.example/\\u001b[2J\\ud800" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrap",
    [lambda items: items, lambda items: {"servers": items, "metadata": {}}],
    ids=["list", "response"],
)
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_every_form_of_a_dump_is_read(tmp_path: Path, wrap: Any, pack: Any) -> None:
    file = tmp_path / "dump"
    file.write_bytes(pack(json.dumps(wrap([item()])).encode()))
    assert read_dump(file, 1 << 20) == [item()]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"[1]", b'[{"server": 1}]', b"\x1f\x8bxx", b"\xff", b"[" * 100_000],
    ids=lambda data: repr(data[:16]),
)
def test_a_file_that_is_no_dump_is_one_line_and_exit_code_2(
    registry: Registry, tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_bytes(data)
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 2
    assert "dump.json" in capsys.readouterr().err


def test_the_command_commits_when_asked_and_the_result_builds(
    registry: Registry, tmp_path: Path
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item(), item("io.github.x/y", "{{VERSION}}")]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file), "--commit"]) == 0
    assert registry.git("status", "--porcelain") == ""
    names = [version.key for version in registry.load().catalogue.versions()]
    assert names == [("com.example/weather", "1.0.0"), ("io.github.x/y", "{{VERSION}}")]
