"""A packed site: the bytes of the files, whatever it went on from and wherever a build was killed."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.build import build
from builder.build.errors import EntriesError
from builder.model.config import Form
from builder.output.writer import BuildSummary
from builder.pack import file
from tests.build import trees
from tests.build.test_last_build import KILLED, NOTHING, in_a_child, kill, publish
from tests.build.test_law import Step, _small_blocks, steps
from tests.registry import CONFIG, Registry, entry_file

SMALL = 24 * 1024


@contextmanager
def small_packs() -> Iterator[None]:
    """Make packs so small that a short history has many, and splits and joins them."""
    with mock.patch.object(file, "LARGEST", SMALL):
        yield


def pack(registry: Registry, out: Path) -> BuildSummary:
    summary, _ = build.build(registry.repository, "HEAD", out, 1, form="packed")
    return summary


def hold(registry: Registry, out: Path) -> BuildSummary:
    """Build; what is served is that of the files, and the packs are those of a build from nothing."""
    summary = pack(registry, out)
    expected = trees.clean(registry.repository, form="packed")
    assert trees.differences(trees.served(out), expected) == []
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, "public")
        pack(registry, fresh)
        assert trees.differences(trees.read(out), trees.read(fresh)) == []
    return summary


@settings(max_examples=4, deadline=None)
@given(st.lists(st.lists(steps, max_size=5), min_size=2, max_size=3))
def test_packs_on_packs_are_packs_from_nothing(rounds: list[list[Step]]) -> None:
    with tempfile.TemporaryDirectory() as folder, small_packs(), _small_blocks():
        registry, out = Registry(Path(folder, "registry"), CONFIG), Path(folder, "public")
        for made in rounds:
            for step in made:
                step(registry)
            try:
                hold(registry, out)
            except EntriesError as error:
                assert error.findings == registry.load().findings


def test_a_lean_site_in_packs_is_the_lean_site_in_files(registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "public"
    for number, lean in enumerate(("true", "false", "true")):
        registry.commit({"registry.yaml": f"{CONFIG}pages: {{lean: {lean}}}\n"})
        for version in (f"1.{number}.0", f"1.{number}.1"):
            publish(registry, version)
            hold(registry, out)
    files, served = trees.clean(registry.repository, form="files"), trees.served(out)
    page = "servers/com.example/weather/index.html"
    assert b"data-fold" in files[page] and served[page] == files[page]
    assert trees.differences(served, files) == []


def test_killed_anywhere_the_packs_are_whole(registry: Registry, tmp_path: Path) -> None:
    out, dice, ends = tmp_path / "public", random.Random(2), set()
    publish(registry, "1.0.0")
    with small_packs():
        pack(registry, out)
        for step in range(5):
            before = trees.served(out)
            publish(registry, f"2.{step}.0")
            ends.add(in_a_child(registry, out, dice.choice((3, 12, 40)), kill, form="packed"))
            assert trees.served(out) in (before, trees.clean(registry.repository, form="packed"))
        ends.add(in_a_child(registry, out, 10_000, kill, form="packed"))
        hold(registry, out)
    assert ends == {KILLED, NOTHING}


def test_a_form_follows_the_other_in_one_folder(registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "public"
    publish(registry, "1.0.0")
    for form in ("files", "packed", "files"):
        build.build(registry.repository, "HEAD", out, 1, form=form)
        expected = trees.clean(registry.repository, form=form)
        assert trees.differences(trees.served(out), expected) == []
        assert (out / "packs").is_dir() == (form == "packed")


def test_an_altered_pack_is_made_anew(registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "public"
    publish(registry, "1.0.0")
    pack(registry, out)
    victim = max((out / "packs" / "data").iterdir(), key=lambda path: path.stat().st_size)
    body = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(body[:-20] + b"x" * 20)
    build.build(registry.repository, "HEAD", out, 1, form="packed", verify=True)
    assert victim.read_bytes() == body


@pytest.mark.parametrize("form", ["files", "packed"])
def test_links_that_somebody_has_put_there_are_gone_after_a_build_that_verifies(
    form: Form, registry: Registry, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    publish(registry, "1.0.0")
    build.build(registry.repository, "HEAD", out, 1, form=form)
    (out / "folder").symlink_to(registry.root)
    (out / "nowhere").symlink_to(tmp_path / "gone")
    build.build(registry.repository, "HEAD", out, 1, form=form, verify=True)
    assert not any(path.is_symlink() for path in out.iterdir())
    expected = trees.clean(registry.repository, form=form)
    assert trees.differences(trees.served(out), expected) == []


def test_nothing_is_larger_than_it_may_be(registry: Registry, tmp_path: Path) -> None:
    out = tmp_path / "public"
    for number in range(5):
        publish(registry, f"1.{number}.0")
    with small_packs():
        summary = pack(registry, out)
        sizes = {path.name: path.stat().st_size for path in (out / "packs" / "data").iterdir()}
        assert len(sizes) > 5 and max(sizes.values()) <= SMALL
        assert summary.files == len(trees.read(out))
        publish(registry, "2.0.0")
        pack(registry, out)
        assert {path.name for path in (out / "packs" / "data").iterdir()} & sizes.keys()


@pytest.mark.parametrize("hosts, packed", [("cloudflare", True), ("cloudflare, nginx", False)])
def test_the_form_follows_from_the_hosts(
    registry: Registry, tmp_path: Path, hosts: str, packed: bool
) -> None:
    lines = [line for line in CONFIG.splitlines() if not line.startswith("hosts:")]
    registry.commit({"registry.yaml": "\n".join([*lines, f"hosts: [{hosts}]", ""])})
    build.build(registry.repository, "HEAD", tmp_path / "public", 1)
    assert (tmp_path / "public" / "packs" / "index.json").exists() == packed


def test_one_new_version_sends_at_most_thirty_files(tmp_path: Path) -> None:
    """In packs of the real size, whatever the lists and logs that change with every version."""
    registry, out = Registry(tmp_path / "registry", CONFIG), tmp_path / "public"
    for number in range(60):
        registry.commit(entry_file(f"io.github.user{number}/server"))
    pack(registry, out)
    before = trees.read(out)
    registry.commit(entry_file("io.github.user7/server", "1.1.0"))
    summary = pack(registry, out)
    changed = {path for path, body in trees.read(out).items() if before.get(path) != body}
    assert 0 < len(changed) <= 30
    assert summary.written == len(changed)
