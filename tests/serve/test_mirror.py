"""Mirroring a live registry: ours, served, is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from builder import cli
from builder.mirror.spool import Spool
from builder.mirror.walk import connect
from builder.model.errors import RemoteError
from builder.model.mirror_settings import MirrorLimits
from builder.model.server_json import OFFICIAL
from builder.net.retry import ONCE
from tests.registry import Registry


def mirror(registry: Registry, url: str, *options: str) -> int:
    return cli.run(["mirror", url, "--root", str(registry.root), "--commit", *options])


def items(client: httpx.Client) -> dict[tuple[str, str], str]:
    answer = client.get("/v0.1/servers?include_deleted=true&limit=100").json()["servers"]
    return {
        (item["server"]["name"], item["server"]["version"]): item["_meta"][OFFICIAL]["status"]
        for item in answer
    }


def test_a_live_registry_comes_in_with_deleted_versions_and_only_once(
    full: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path / "copy")
    url = str(full.base_url)
    assert mirror(registry, url) == 0
    copied = {version.key: str(version.status) for version in registry.load().catalogue.versions()}
    assert copied == items(full)
    commit = registry.git("rev-parse", "HEAD")
    assert mirror(registry, url) == 0
    assert "nothing new upstream" in capsys.readouterr().out
    assert mirror(registry, url, "--full") == 0
    assert registry.git("rev-parse", "HEAD") == commit


def test_latest_of_a_mirror_is_what_upstream_says(full: httpx.Client, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "copy")
    mirror(registry, str(full.base_url))
    theirs = full.get("/v0.1/servers?version=latest").json()["servers"]
    ours = [(version.name, version.version) for version in registry.load().catalogue.latest]
    assert ours == [(item["server"]["name"], item["server"]["version"]) for item in theirs]


def walk(url: str, folder: Path) -> list[Any]:
    with connect(url, MirrorLimits(), ONCE) as upstream:
        spool = Spool.open(folder, url, None)
        upstream.walk(spool, upstream.now(), lambda _: None)
    return list(spool.servers())


def test_a_host_that_ignores_cursors_ends_the_walk(plain: httpx.Client, tmp_path: Path) -> None:
    assert len(walk(str(plain.base_url), tmp_path)) == 2


def test_what_is_no_registry_is_one_line(
    registry: Registry, full: httpx.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mirror(registry, f"{full.base_url}/docs") == 2
    assert "answered with status 404" in capsys.readouterr().err
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:9"):
        walk("http://127.0.0.1:9", tmp_path)
