"""Publications that wait for the disk at the same time: written together, one commit each."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from builder.git import loose
from builder.publish.group_commit import CommitQueue
from tests.patience import PATIENCE, wait_for
from tests.publish.running import Desk
from tests.registry import entry

WAITING = 4


@contextmanager
def slow_disk(
    monkeypatch: pytest.MonkeyPatch, before: Callable[[], None] = lambda: None
) -> Iterator[Callable[[int], None]]:
    """Hold the first write until so many publications are accepted; then do `before`, and go on."""
    joined: list[str] = []
    may_write = threading.Event()
    write, join = loose.write, CommitQueue.join
    firsts = [before]

    def held(*arguments: object) -> None:
        assert may_write.wait(PATIENCE)
        if firsts:
            firsts.pop()()
        write(*arguments)  # type: ignore[arg-type]

    def counted(*arguments: object) -> object:
        group = join(*arguments)  # type: ignore[arg-type]
        joined.append("")
        return group

    def release(count: int) -> None:
        wait_for(lambda: len(joined) >= count)
        may_write.set()

    with monkeypatch.context() as patched:
        patched.setattr(loose, "write", held)
        patched.setattr(CommitQueue, "join", counted)
        yield release


def published_together(desk: Desk, release: Callable[[int], None]) -> list[int]:
    """Publish several servers at once; return the statuses that were answered."""
    token = desk.token()
    with ThreadPoolExecutor(WAITING) as pool:
        names = [f"io.github.alice/tool-{number}" for number in range(WAITING)]
        answers = [
            pool.submit(lambda name=name: desk.publish(entry(name, "1.0.0"), token))
            for name in names
        ]
        release(WAITING)
        return [answer.result().status_code for answer in answers]


def moves(desk: Desk) -> int:
    """Count how often the branch was moved by publications."""
    log = desk.registry.git("reflog", "show", "--format=%gs", "refs/heads/main")
    return log.split("\n").count("publish")


def test_each_is_a_commit_and_few_moves_of_the_branch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.tip
    with slow_disk(monkeypatch) as release:
        assert published_together(desk, release) == [200] * WAITING
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

    with slow_disk(monkeypatch, full) as release:
        assert published_together(desk, release) == [503] * WAITING
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

    with slow_disk(monkeypatch, merge) as release:
        assert published_together(desk, release) == [200] * WAITING
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

    with slow_disk(monkeypatch, full) as release, ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.publish, document, token)
        second = pool.submit(desk.publish, document, token)
        release(1)
        assert sorted(one.result().status_code for one in (first, second)) == [200, 503]
