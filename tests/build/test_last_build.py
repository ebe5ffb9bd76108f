"""Whatever happens to a build or to what it left: the next one gives the right bytes."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builder.build import build
from builder.build import trees as build_trees
from builder.model.config import Form
from builder.model.errors import RegistryError
from builder.output import tree, writer
from builder.runtime.progress import Progress
from tests.build import trees
from tests.registry import CONFIG, Registry, entry_file

# What changes a file system, as Python reports it to audit hooks; and opening a file to write.
EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.link"}
NOTHING = 0
REFUSED, KILLED = 7, -signal.SIGKILL


def publish(registry: Registry, version: str) -> None:
    registry.commit(entry_file(version=version))


@pytest.fixture
def out(registry: Registry, tmp_path: Path) -> Path:
    """A site that was built twice, so that there is a second tree."""
    folder = tmp_path / "public"
    for version in ("1.0.0", "1.1.0"):
        publish(registry, version)
        build.build(registry.repository, "HEAD", folder, 1)
    return folder


def hold(registry: Registry, out: Path) -> writer.BuildSummary:
    summary, _ = build.build(registry.repository, "HEAD", out, 1)
    assert trees.differences(trees.read(out), trees.clean(registry.repository)) == []
    return summary


def in_a_child(
    registry: Registry, out: Path, at: int, event: Callable[[], None], form: Form = "auto"
) -> int:
    """Build in a process of its own, in which `event` happens at the n-th audited event.

    Gives 0 if the build came to its end, REFUSED if it stopped with an error for the user,
    KILLED if it was killed.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = 0

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = name in EVENTS or (name == "open" and arguments[1] not in (None, "r", "rb"))
        if writes and out.name in str(arguments[0]):
            seen += 1
            if seen == at:
                event()

    sys.addaudithook(hook)
    code = 1
    try:
        build.build(registry.repository, "HEAD", out, 1, form=form)
        code = NOTHING
    except RegistryError:
        code = REFUSED
    finally:
        os._exit(code)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> Callable[[], None]:
    def event() -> None:
        raise OSError(number, os.strerror(number), "a file")

    return event


def test_killed_anywhere_the_site_is_whole_and_the_next_build_right(
    registry: Registry, out: Path
) -> None:
    dice = random.Random(1)
    ends = set()
    for step in range(14):
        before = trees.read(out)
        publish(registry, f"2.{step}.0")
        # Late ones too: around the exchange there are few events. The last is never reached.
        ends.add(in_a_child(registry, out, dice.choice((2, 10, 30, 50, 65, 80, 10_000)), kill))
        assert trees.read(out) in (before, trees.clean(registry.repository))
        if step % 3:
            registry.git("reset", "--quiet", "--hard", "HEAD~1")
        hold(registry, out)
    assert ends == {KILLED, NOTHING}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("at", [2, 12, 20])
def test_a_refusing_file_system_is_one_error_and_leaves_the_site(
    registry: Registry, out: Path, number: int, at: int
) -> None:
    before = trees.read(out)
    publish(registry, "3.0.0")
    assert in_a_child(registry, out, at, refuse(number)) == REFUSED
    assert trees.read(out) == before
    assert not tree.sibling(out, "next").exists()
    hold(registry, out)


def test_a_file_system_without_hard_links_gets_copies(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        publish(registry, version)
        hold(registry, tmp_path / "public")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def alter(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [truncate, alter, Path.unlink], ids=lambda harm: harm.__name__)
def test_a_harmed_cache_is_noticed(
    registry: Registry, out: Path, harm: Callable[[Path], None]
) -> None:
    cache = tree.sibling(out, "cache")
    files = [path for path in sorted(cache.rglob("*")) if path.is_file() and path.name != "lock"]
    for number, path in enumerate(random.Random(1).sample(files, 6)):
        publish(registry, f"4.{number}.0")
        if path.exists():
            harm(path)
        hold(registry, out)
        publish(registry, f"4.{number}.1")
        summary = hold(registry, out)
        assert summary.written < summary.files  # it is not doubted for ever


def test_a_cache_of_another_registry_is_not_used(
    registry: Registry, out: Path, tmp_path: Path
) -> None:
    other = Registry(tmp_path / "other", CONFIG.replace("Test", "Another"))
    publish(other, "1.0.0")
    build.build(other.repository, "HEAD", tmp_path / "site", 1)
    cache = tree.sibling(out, "cache")
    shutil.rmtree(cache)
    shutil.copytree(tree.sibling(tmp_path / "site", "cache"), cache)
    hold(registry, out)


def test_a_site_that_was_emptied_is_built_anew(registry: Registry, out: Path) -> None:
    for path in out.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    hold(registry, out)


def restore(out: Path) -> None:
    """Copy site and cache elsewhere and back, as a CI's cache does."""
    for folder in (out, tree.sibling(out, "cache")):
        shutil.copytree(folder, folder.with_name("saved"))
        shutil.rmtree(folder)
        folder.with_name("saved").rename(folder)


def test_a_restored_site_is_gone_on_from(registry: Registry, out: Path) -> None:
    restore(out)
    publish(registry, "5.0.0")
    summary = hold(registry, out)
    assert 0 < summary.written < summary.files


def test_a_restored_site_that_is_not_whole_is_built_anew(registry: Registry, out: Path) -> None:
    restore(out)
    alter(out / "servers/com.example/weather/index.html")
    publish(registry, "5.0.0")
    summary = hold(registry, out)
    assert summary.written == summary.files


def test_only_what_changed_is_written(registry: Registry, out: Path) -> None:
    registry.commit(entry_file("com.example/other"))
    hold(registry, out)
    page = out / "servers/com.example/weather/index.html"
    before = page.stat()
    registry.commit(entry_file("com.example/other", "1.1.0"))
    summary = hold(registry, out)
    assert page.stat().st_mtime_ns == before.st_mtime_ns
    assert summary.written < 100
    assert hold(registry, out).written == 0


def test_two_builds_into_one_folder_do_not_meet(registry: Registry, out: Path) -> None:
    with build_trees.build_lock(out), pytest.raises(build_trees.BusyError, match="another build"):
        build.build(registry.repository, "HEAD", out, 1)


def test_a_clean_build_says_so_and_is_the_same(
    registry: Registry, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = trees.read(out)
    truncate(tree.sibling(out, "cache") / "root")
    publish(registry, "6.0.0")
    build.build(registry.repository, "HEAD", out, 1, progress=Progress(verbose=True))
    assert "starting over" in capsys.readouterr().err
    registry.git("reset", "--quiet", "--hard", "HEAD~1")
    build.build(registry.repository, "HEAD", out, 1, clean=True)
    assert trees.read(out) == before
