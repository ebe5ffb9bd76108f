"""A remote that takes each commit before it counts: one that refuses, is slow, or is ahead."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from builder.publish import remote_branch
from tests.patience import wait_for
from tests.publish.remote import Remote
from tests.publish.running import Desk
from tests.publish.slow_disk import slow_disk
from tests.registry import Registry, entry

Act = Callable[[], None]


def merged_elsewhere(desk: Desk, remote: Remote, clone: Path) -> Act:
    """Return what merges a pull request at the remote."""
    subprocess.run(["git", "clone", "--quiet", str(remote.folder), str(clone)], check=True)
    other = Registry(clone, "")
    other.time = desk.registry.time + 60

    def merge() -> None:
        other.commit({"servers/com.example/other/1.0.0.json": entry("com.example/other", "1.0.0")})
        other.git("push", "--quiet", "origin", "HEAD:refs/heads/main")

    return merge


def test_the_remote_has_it_before_it_is_answered(pushed: tuple[Desk, Remote]) -> None:
    desk, remote = pushed
    token = desk.token()
    for version in ("1.0.0", "1.1.0"):
        assert desk.publish(entry("io.github.alice/tool", version), token).status_code == 200
        assert remote.tip == desk.tip


def test_a_remote_that_refuses(pushed: tuple[Desk, Remote]) -> None:
    desk, remote = pushed
    token, tip = desk.token(), desk.tip
    remote.hook("echo no; exit 1")
    answer = desk.publish(entry("io.github.alice/tool", "1.0.0"), token)
    assert (answer.status_code, "did not take it" in answer.json()["detail"]) == (503, True)
    assert desk.tip == remote.tip == tip
    path = f"/v0/servers/{quote('io.github.alice/tool', safe='')}/versions/1.0.0"
    assert desk.get(path).status_code == 404
    remote.hook("exit 0")
    assert desk.publish(entry("io.github.alice/tool", "1.0.0"), token).status_code == 200
    assert desk.tip == remote.tip != tip


def test_a_remote_that_is_slow(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, remote = pushed
    token, tip = desk.token(), desk.tip
    monkeypatch.setattr(remote_branch, "PUSH_SECONDS", 0.5)
    remote.hook("sleep 2")
    answer = desk.publish(entry("io.github.alice/tool", "1.0.0"), token)
    assert answer.status_code == 503
    assert desk.tip == tip
    monkeypatch.setattr(remote_branch, "PUSH_SECONDS", 30.0)
    remote.hook("exit 0")
    # Whether the first arrived after all or not: there is exactly one commit more.
    answer = desk.publish(entry("io.github.alice/tool", "1.0.0"), token)
    assert answer.status_code in (200, 400)
    wait_for(lambda: remote.git("rev-list", "--count", "main") == str(len(desk.commits())))
    assert desk.commits()[1:] == [tip, *desk.registry.git("rev-list", f"{tip}^@").split()]


def test_a_remote_that_is_ahead(pushed: tuple[Desk, Remote], tmp_path: Path) -> None:
    """A pull request was merged there meanwhile: it is taken, and the publication follows it."""
    desk, remote = pushed
    merged_elsewhere(desk, remote, tmp_path / "clone")()
    merged = remote.tip
    answer = desk.publish(entry("io.github.alice/tool", "1.0.0"), desk.token())
    assert answer.status_code == 200
    assert desk.tip == remote.tip
    assert desk.commits()[1] == merged
    assert desk.get("/v0/servers/com.example%2Fother/versions/1.0.0").status_code == 200


# What waits is pushed together.


def versions(desk: Desk) -> list[str]:
    listed = desk.registry.git("ls-tree", "-r", "--name-only", "main", "servers/io.github.alice")
    return [path.split("/")[2] for path in listed.split("\n") if path.endswith("/1.0.0.json")]


def together(desk: Desk, monkeypatch: pytest.MonkeyPatch, before: Act = lambda: None) -> list[int]:
    """Publish some servers, all of which wait before the first is written; return the statuses."""
    token, names = desk.token(), [f"io.github.alice/tool-{number}" for number in range(4)]
    with slow_disk(monkeypatch, before) as disk, ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(desk.publish, entry(name, "1.0.0"), token) for name in names]
        disk.release(4)
        return [answer.result().status_code for answer in answers]


def test_what_waits_is_pushed_together(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, remote = pushed
    before = desk.commits()
    remote.hook("echo push >> pushes")
    assert together(desk, monkeypatch) == [200] * 4
    assert desk.tip == remote.tip and len(desk.commits()) == len(before) + 4
    assert remote.count("pushes") == 2  # who came first was written alone
    remote.git("fsck", "--strict", "--full")


def test_a_change_of_status_is_pushed_with_what_waits(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, remote = pushed
    assert together(desk, monkeypatch) == [200] * 4
    token, paths = (
        desk.token(),
        [f"{quote(f'io.github.alice/tool-{n}', safe='')}/status" for n in range(4)],
    )
    remote.hook("echo push >> pushes")
    with slow_disk(monkeypatch) as disk, ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(desk.patch, path, token, status="deprecated") for path in paths]
        disk.release(4)
        assert [answer.result().status_code for answer in answers] == [200] * 4
    assert desk.tip == remote.tip and remote.count("pushes") == 2


def test_a_remote_that_refuses_one_takes_the_others(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, remote = pushed
    remote.hook(
        "read old new ref\n"
        "if git diff --name-only $old $new | grep -q tool-2; then echo not this; exit 1; fi"
    )
    statuses = together(desk, monkeypatch)
    assert statuses == [200, 200, 503, 200]
    assert versions(desk) == ["tool-0", "tool-1", "tool-3"]
    assert desk.tip == remote.tip
    desk.registry.git("fsck", "--strict", "--full")


def test_a_remote_that_is_too_slow_is_not_asked_about_each(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, remote = pushed
    tip = desk.tip
    remote.hook("echo push >> pushes; sleep 3; exit 1")
    with monkeypatch.context() as patched:
        patched.setattr(remote_branch, "PUSH_SECONDS", 1.0)
        assert together(desk, monkeypatch) == [503] * 4
    assert desk.tip == remote.tip == tip and remote.count("pushes") <= 2
    remote.hook("exit 0")
    assert together(desk, monkeypatch) == [200] * 4


def test_a_remote_that_moves_while_some_wait(
    pushed: tuple[Desk, Remote], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk, remote = pushed
    merge = merged_elsewhere(desk, remote, tmp_path / "clone")
    assert together(desk, monkeypatch, merge) == [200] * 4
    assert desk.tip == remote.tip and len(versions(desk)) == 4
    assert desk.get("/v0/servers/com.example%2Fother/versions/1.0.0").status_code == 200
