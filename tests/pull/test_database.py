"""A copy in SQLite that two runs have open at the same time."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from builder.model.errors import RegistryError
from builder.model.server_json import OFFICIAL
from builder.pull.change_log import LoggedChange
from builder.pull.item import read
from builder.pull.position import Position
from builder.pull.sqlite_store import open_database

URL = "https://registry.example.com"


def change(sequence: int, version: str) -> LoggedChange:
    times = dict.fromkeys(("publishedAt", "updatedAt"), "2025-01-01T00:00:00Z")
    official = {"status": "active", "isLatest": True, **times}
    item = {"server": {"name": "a/b", "version": version}, "_meta": {OFFICIAL: official}}
    return LoggedChange(
        sequence=sequence, digest="", key=("a/b", version), item=read(orjson.dumps(item))
    )


def test_of_two_runs_only_the_first_changes_the_copy(tmp_path: Path) -> None:
    file = tmp_path / "registry.db"
    with open_database(file) as one, open_database(file) as other:
        one.apply([change(1, "1.0.0")], Position(URL, 1))
        with pytest.raises(RegistryError, match="another pull has changed this copy"):
            other.apply([change(1, "9.9.9")], Position(URL, 1))
        one.apply([change(2, "2.0.0")], Position(URL, 2))
    with open_database(file) as after:
        assert after.position == Position(URL, 2)
        after.apply([change(3, "3.0.0")], Position(URL, 3))
