"""What is in a copy, read without the client's own code."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from builder.pull.store import open_store
from builder.pull.sync import Summary, sync
from tests.pull.cdn import Answer, registry
from tests.pull.life import Truth


def pull(answer: Answer, out: Path) -> Summary:
    with open_store(out) as store, registry(answer) as host:
        return sync(host, store)


def held(out: Path) -> tuple[int, Truth]:
    """The sequence number of a copy and all that it holds."""
    return _lines(out) if out.suffix == ".jsonl" else _database(out)


def _lines(out: Path) -> tuple[int, Truth]:
    if not out.exists():
        return 0, {}
    header, *lines = out.read_bytes().splitlines()
    items = [(json.loads(line)["server"], line) for line in lines]
    found = {(server["name"], server["version"]): line for server, line in items}
    assert list(found) == sorted(found)
    assert len(found) == len(lines)
    return json.loads(header)["position"]["sequence"], found


def _database(out: Path) -> tuple[int, Truth]:
    with closing(sqlite3.connect(out)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not connection.execute("SELECT * FROM sqlite_schema").fetchall():
            return 0, {}
        (sequence,) = connection.execute("SELECT sequence FROM position").fetchone()
        rows = connection.execute("SELECT name, version, item FROM versions").fetchall()
    return sequence, {(name, version): item.encode() for name, version, item in rows}
