"""Publications that wait for the disk at the same time: written together, one commit each."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

from tests.patience import wait_for
from tests.publish.running import Desk
from tests.publish.slow_disk import SlowDisk, slow_disk
from tests.registry import entry

WAITING = 4
OFFICIAL = "io.modelcontextprotocol.registry/official"


def published_together(desk: Desk, disk: SlowDisk) -> list[int]:
    """Publish several servers at once; return the statuses that were answered."""
    token = desk.token()
    with ThreadPoolExecutor(WAITING) as pool:
        names = [f"io.github.alice/tool-{number}" for number in range(WAITING)]
        answers = [pool.submit(desk.publish, entry(name, "1.0.0"), token) for name in names]
        disk.release(WAITING)
        return [answer.result().status_code for answer in answers]


def moves(desk: Desk) -> int:
    """Count how often the branch was moved by publications."""
    log = desk.registry.git("reflog", "show", "--format=%gs", "refs/heads/main")
    return log.split("\n").count("publish")


def test_each_is_a_commit_and_few_moves_of_the_branch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.tip
    with slow_disk(monkeypatch) as disk:
        assert published_together(desk, disk) == [200] * WAITING
    log = desk.registry.git("log", "--format=%x00", "--name-only", f"{before}..main", "--")
    commits = [commit.split() for commit in log.split("\0") if commit.strip()]
    entries = [[path for path in paths if path.endswith(".json")] for paths in commits]
    assert len(entries) == WAITING and all(len(paths) == 1 for paths in entries)
    assert moves(desk) == 2  # who came first was written alone
    desk.registry.git("fsck", "--strict", "--full")


def test_a_disk_that_is_full_refuses_them_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.tip

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with slow_disk(monkeypatch, full) as disk:
        assert published_together(desk, disk) == [503] * WAITING
    assert desk.tip == before
    answer = desk.publish(entry("io.github.alice/tool-0", "1.0.0"), desk.token())
    assert answer.status_code == 200
    desk.registry.git("fsck", "--strict", "--full")


def test_a_branch_that_others_write_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = desk.registry
    registry.time += 60

    def merge() -> None:
        registry.commit(
            {"servers/com.example/other/1.0.0.json": entry("com.example/other", "1.0.0")}
        )

    with slow_disk(monkeypatch, merge) as disk:
        assert published_together(desk, disk) == [200] * WAITING
    listed = registry.git("ls-tree", "-r", "--name-only", "main", "servers/").split("\n")
    assert sum(path.endswith("/1.0.0.json") for path in listed) == WAITING + 1
    registry.git("fsck", "--strict", "--full")
    assert desk.get("/v0/servers/com.example%2Fother/versions/1.0.0").status_code == 200


def test_what_is_refused_for_one_that_fails_is_judged_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is a duplicate of one that waits, and that one is never written."""
    token, document = desk.token(), entry("io.github.alice/tool", "1.0.0")

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with slow_disk(monkeypatch, full) as disk, ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.publish, document, token)
        second = pool.submit(desk.publish, document, token)
        disk.release(1)
        assert sorted(one.result().status_code for one in (first, second)) == [200, 503]


# Changes to what is published wait with publications, and for those of the same server.


def tools(desk: Desk) -> list[str]:
    """Publish some servers, one after the other; return their names."""
    token = desk.token()
    names = [f"io.github.alice/tool-{number}" for number in range(WAITING)]
    for name in names:
        assert desk.publish(entry(name, "1.0.0"), token).status_code == 200
    return names


def deprecated(desk: Desk, name: str, token: str) -> httpx.Response:
    path = f"{quote(name, safe='')}/versions/1.0.0/status"
    return desk.patch(path, token, status="deprecated")


def test_changes_share_a_move_of_the_branch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    names, token = tools(desk), desk.token()
    before, moved = desk.commits(), moves(desk)
    with slow_disk(monkeypatch) as disk, ThreadPoolExecutor(WAITING) as pool:
        answers = [pool.submit(deprecated, desk, name, token) for name in names]
        disk.release(WAITING)
        bodies = [answer.result().json() for answer in answers]
    assert {body["_meta"][OFFICIAL]["status"] for body in bodies} == {"deprecated"}
    assert len(desk.commits()) == len(before) + WAITING
    assert moves(desk) == moved + 2  # who came first was written alone
    desk.registry.git("fsck", "--strict", "--full")


def test_a_change_waits_for_a_publication_of_the_same_server(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it changes is on its way to the branch: readers do not see it yet."""
    token, name = desk.token(), "io.github.alice/tool"
    with slow_disk(monkeypatch) as disk, ThreadPoolExecutor(2) as pool:
        published = pool.submit(desk.publish, entry(name, "1.0.0"), token)
        wait_for(lambda: disk.accepted)
        changed = pool.submit(deprecated, desk, name, token)
        wait_for(lambda: disk.alone)
        disk.release(1)
        assert published.result().status_code == 200
        assert changed.result().json()["_meta"][OFFICIAL]["status"] == "deprecated"
    assert "deprecated" in desk.file(f"servers/{name}/status.yaml")


def test_changes_of_one_server_follow_each_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is made of the status.yaml that the one before it wrote."""
    token, name, versions = desk.token(), "io.github.alice/tool", ("1.0.0", "1.1.0", "1.2.0")
    for version in versions:
        desk.publish(entry(name, version), token)
    paths = [f"{quote(name, safe='')}/versions/{version}/status" for version in versions]
    with slow_disk(monkeypatch) as disk, ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(desk.patch, path, token, status="deleted") for path in paths]
        wait_for(lambda: len(disk.alone) == 2)
        disk.release(1)
        assert [answer.result().status_code for answer in answers] == [200] * 3
    assert desk.get(f"/v0/servers/{quote(name, safe='')}/versions").status_code == 404


def test_a_disk_that_is_full_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    names, token = tools(desk), desk.token()
    before = desk.tip

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with slow_disk(monkeypatch, full) as disk, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(deprecated, desk, names[0], token)
        disk.release(1)
        assert answer.result().status_code == 503
    assert desk.tip == before
    assert deprecated(desk, names[0], token).status_code == 200
