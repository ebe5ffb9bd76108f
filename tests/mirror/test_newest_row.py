"""A client that keeps the newest row of each server, over a mirror of the official registry."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from builder.build import source
from builder.git.discovery import discover
from builder.mirror import apply
from builder.mirror.intake import Intake
from builder.model.server_json import OFFICIAL
from tests.history.test_times import newest_row
from tests.registry import Registry

ROOT = Path(__file__).parents[2]
DUMPS = sorted((ROOT / "tests/data").glob("official-registry-*.json.gz"))
UPSTREAM = "https://registry.modelcontextprotocol.io"


def latest_upstream(responses: list[dict[str, Any]]) -> dict[str, str]:
    """Each server's version that upstream flags as its latest."""
    return {
        item["server"]["name"]: item["server"]["version"]
        for item in responses
        if item["_meta"][OFFICIAL]["isLatest"] and item["_meta"][OFFICIAL]["status"] != "deleted"
    }


def shown(loaded: source.Source) -> dict[str, str]:
    rows = {server.name: newest_row(server) for server in loaded.catalogue.servers}
    return {name: row.version for name, row in rows.items() if row is not None}


def test_it_shows_what_upstream_says_is_the_latest_after_every_run(tmp_path: Path) -> None:
    assert len(DUMPS) == 2
    registry = Registry(tmp_path / "registry")
    for dump in DUMPS:
        responses = json.loads(gzip.decompress(dump.read_bytes()))
        responses = responses if isinstance(responses, list) else responses["servers"]
        apply.apply(registry.root, UPSTREAM, responses, Intake(), complete=True)
        registry.commit({})
        assert shown(registry.load()) == latest_upstream(responses)


def test_it_shows_the_latest_of_every_server_of_this_repository() -> None:
    loaded = source.load(discover(ROOT))
    latest = {version.name: version.version for version in loaded.catalogue.latest}
    assert shown(loaded) == latest
