"""Deploys to a folder that a web server reads."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from builder import cli
from tests.deploy.targets import built, deploy, served, site_files
from tests.faults.victim import killed_at
from tests.registry import Registry, entry_file


def test_a_folder_gets_the_site_and_only_changes_after_that(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "www"
    out = built(registry)
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)
    kept = (target / "v0.1/servers/com.example/other/versions/1.0.0/index.json").stat().st_ino
    registry.commit(entry_file(version="2.0.0"))
    built(registry)
    capsys.readouterr()
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)
    assert (
        target / "v0.1/servers/com.example/other/versions/1.0.0/index.json"
    ).stat().st_ino == kept
    assert deploy(registry, target) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 written, 0 deleted")


def test_what_was_changed_by_hand_in_a_folder_is_put_right(
    registry: Registry, tmp_path: Path
) -> None:
    target = tmp_path / "www"
    out = built(registry)
    deploy(registry, target)
    (target / "v0.1/servers/index.json").write_bytes(b"{}")
    (target / "index.html").unlink()
    (target / "more.txt").write_text("more")
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)


def test_a_link_to_a_folder_stays_a_link(registry: Registry, tmp_path: Path) -> None:
    target, folder = tmp_path / "www", tmp_path / "disk/www"
    folder.mkdir(parents=True)
    target.symlink_to(folder)
    for version in ("2.0.0", "3.0.0"):
        registry.commit(entry_file(version=version))
        out = built(registry)
        assert deploy(registry, target) == 0
        assert served(folder) == site_files(out)
    assert target.is_symlink()


def test_compressed_forms_stand_beside_texts_and_say_the_same(
    registry: Registry, tmp_path: Path
) -> None:
    import brotli  # type: ignore[import-untyped]

    target = tmp_path / "www"
    out = built(registry)
    deploy(registry, target)
    page = next(path for path in out.rglob("index.html") if path.stat().st_size > 2000)
    copy = target / page.relative_to(out)
    assert gzip.decompress(Path(f"{copy}.gz").read_bytes()) == page.read_bytes()
    assert brotli.decompress(Path(f"{copy}.br").read_bytes()) == page.read_bytes()
    whole = site_files(target)
    for ending in (".gz", ".br"):
        altered = Path(f"{copy}{ending}")
        altered.unlink()  # it may be linked
        altered.write_bytes(b"not what was deployed")
    deploy(registry, target)
    assert site_files(target) == whole


def test_a_folder_deploy_killed_at_any_write_leaves_one_whole_generation(
    registry: Registry, tmp_path: Path
) -> None:
    disk, before = tmp_path / "disk", tmp_path / "before"
    target = disk / "www"
    old = site_files(built(registry))
    deploy(registry, target)
    shutil.copytree(disk, before)
    registry.commit(entry_file(version="2.0.0"))
    new = site_files(built(registry))
    command = ["deploy", str(target), "--root", str(registry.root)]
    total = killed_at(0, command, disk, tmp_path)
    assert total
    assert served(target) == new
    for step in (1, 2, total // 3, total // 2, total - 1, total):
        shutil.rmtree(disk)
        shutil.copytree(before, disk)
        assert killed_at(step, command, disk, tmp_path) is None, f"step {step} of {total}"
        assert served(target) in (old, new), f"killed at step {step} of {total}"
    assert deploy(registry, target) == 0
    assert served(target) == new


def test_a_folder_of_somebody_elses_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    target = tmp_path / "home"
    target.mkdir()
    (target / "diary.txt").write_text("mine")
    built(registry)
    options = ["--root", str(registry.root), "--out", str(target)]
    for index in (None, "{}", '{"name": "my-package"}', "[]", "{"):
        if index:
            (target / "index.json").write_text(index)
        assert deploy(registry, target) == 2
        assert cli.run(["build", *options]) == 2
        assert (target / "diary.txt").read_text() == "mine"
