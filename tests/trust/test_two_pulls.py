"""Two runs that bring one copy up to date at the same time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from tests.local_server import Reply
from tests.trust.sites import LOG, make_site
from tests.trust.trusted_sites import (
    TRUST,
    Mirror,
    Trusted,
    pull,
    root_of,
)


@pytest.mark.parametrize("kind", ["db", "jsonl"])
def test_nobody_waits_for_the_network_of_a_pull(
    kind: str, mirror: Mirror, newer: dict[str, bytes], tmp_path: Path
) -> None:
    """Whatever a run waits for, others read the copy, and a second run does all that the first does."""
    copy = tmp_path / f"copy.{kind}"
    assert pull(mirror, copy) == 0
    before = copy.read_bytes()
    others: list[int] = []

    def use_the_copy() -> None:
        if others or copy.read_bytes() != before:
            return
        if kind == "db":
            with closing(sqlite3.connect(copy, timeout=0, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
        if len(mirror.requests or ()) == last:
            others.append(0)  # no more than one
            mirror.files = dict(newer)
            others[0] = pull(mirror, copy)

    mirror.files = dict(newer)
    asked = mirror.requests or []
    del asked[:]
    assert pull(mirror, tmp_path / f"count.{kind}", "--trust-root", root_of(copy)) == 0
    last = len(asked) - 1
    del asked[:]
    mirror.files = {path: Reply(body, before=use_the_copy) for path, body in newer.items()}
    assert pull(mirror, copy) == 0
    assert others == [0]
    assert b"com.example/three" in copy.read_bytes()
    assert pull(mirror, copy) == 0


PULL = "import sys; from builder import cli; sys.exit(cli.run(sys.argv[1:]))"


def process(mirror: Mirror, copy: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PULL, "pull", mirror.url, "--out", str(copy)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("kind", "is_first"), [("db", True), ("jsonl", False)])
def test_a_run_that_is_overtaken_sets_nothing_back(
    kind: str, is_first: bool, mirror: Mirror, newer: dict[str, bytes], tmp_path: Path
) -> None:
    """It waits with all of an older deploy but the last file, while another process takes the newer one."""
    copy = tmp_path / f"copy.{kind}"
    older = {path: body for path, body in mirror.files.items() if isinstance(body, bytes)}
    if not is_first:
        assert pull(mirror, copy) == 0
        (copy.with_name(f"{copy.name}.trust") / "timestamp.etag").unlink()
    assert mirror.requests is not None
    asked = mirror.requests
    arrived, overtaken = Event(), Event()

    def wait_at_the_last() -> None:
        if asked[-1].path.startswith(f"/{LOG}/tile/entries/"):
            arrived.set()
            assert overtaken.wait(30)

    mirror.files = {path: Reply(body, before=wait_at_the_last) for path, body in older.items()}
    slow = process(mirror, copy)
    assert arrived.wait(30)
    mirror.files = {**older, **newer}
    fast = process(mirror, copy)
    told = fast.communicate(timeout=30)
    overtaken.set()
    assert fast.returncode == 0, told
    told = slow.communicate(timeout=30)
    if is_first:
        assert slow.returncode == 0, told  # the other one has done its work
    else:
        assert slow.returncode == 2  # what it compared is gone
        assert "another pull has changed this copy meanwhile" in told[1]
    assert b"com.example/three" in copy.read_bytes()
    trust = copy.with_name(f"{copy.name}.trust")
    assert (trust / "timestamp.json").read_bytes() == newer[f"{TRUST}/timestamp.json"]
    del asked[:]
    assert pull(mirror, copy) == 0
    assert [request.path for request in asked] == [f"/{TRUST}/timestamp.json"]
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == [copy.name, trust.name]


def test_of_two_first_roots_one_counts(
    mirror: Mirror, newer: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who answers the slower one of two first runs does not choose the root of the copy."""
    liar = Trusted(make_site(tmp_path / "liar"), tmp_path / "liar")
    keys = ["--key", liar.key("zoe"), "--sign", liar.key("zoe"), "--online", liar.key("mallory")]
    assert liar.trust("init", *keys) == 0
    liar.site.publish("lie")
    assert liar.deploy(online="mallory") == 0
    copy = tmp_path / "copy.db"
    others: list[int] = []

    def overtake() -> None:
        if not others and (mirror.requests or [])[-1].path.startswith(f"/{LOG}/tile/entries/"):
            others.append(0)
            mirror.files = {**liar.files(), **newer}
            others[0] = pull(mirror, copy)

    mirror.files = {path: Reply(body, before=overtake) for path, body in liar.files().items()}
    assert pull(mirror, copy) == 2
    assert "another pull has changed this copy meanwhile" in capsys.readouterr().err
    assert others == [0]
    assert b"com.example/lie" not in copy.read_bytes()
    root = copy.with_name("copy.db.trust") / "root.json"
    assert root.read_bytes() == newer[f"{TRUST}/1.root.json"]
    assert pull(mirror, copy) == 0
