"""One tar instead of a folder; what a build says; and the generator of large registries."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import generate
from builder import cli
from builder.build.archive import build_archive
from builder.build.incremental import BATCH
from builder.git.discovery import discover
from builder.model.page import Page
from builder.output import archive, tree, writer
from tests.build import trees
from tests.output.folder import write_folder
from tests.registry import Registry, entry_file

ROOT = Path(__file__).parents[2]


def contents(path: Path) -> trees.Tree:
    with tarfile.open(path) as tar:
        return {
            member.name: file.read()
            for member in tar
            if (file := tar.extractfile(member)) is not None
        }


def test_a_tar_holds_the_site(registry: Registry, tmp_path: Path) -> None:
    registry.commit(entry_file())
    target = tmp_path / "site.tar"
    summary, _ = build_archive(registry.repository, "HEAD", target, 1)
    expected = trees.clean(registry.repository)
    assert trees.differences(contents(target), expected) == []
    assert summary.files == len(expected)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".site")] == []


def test_a_tar_is_the_same_for_any_number_of_processes(registry: Registry, tmp_path: Path) -> None:
    for number in range(3 * BATCH):
        registry.write(entry_file(f"com.example/server-{number}"))
    registry.commit({})
    one, two = tmp_path / "1.tar", tmp_path / "2.tar"
    build_archive(registry.repository, "HEAD", one, 1)
    build_archive(registry.repository, "HEAD", two, 3)
    assert one.read_bytes() == two.read_bytes()


@given(
    st.text("a/é.%", min_size=1, max_size=101).filter(lambda path: path.strip("/.")),
    st.integers(0, 2000),
    st.integers(0, 8**11 - 1),
)
def test_members_are_those_that_tarfile_writes(path: str, size: int, time: int) -> None:
    body = bytes(size)
    made = archive.members(time, [Page(path, body)])
    info = tarfile.TarInfo(path)
    info.size, info.mtime = size, time
    header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    assert made.blocks == header + body + bytes(-size % 512)


@pytest.mark.parametrize("path", ["", "/a", "a//b", "a/../b", "./a", "a\0b"])
def test_a_page_cannot_leave_the_site(path: str, tmp_path: Path) -> None:
    part = archive.members(0, [Page(path, b"")])
    with pytest.raises(writer.Conflict):
        archive.write([part], tmp_path / "site.tar")
    with pytest.raises(tree.OutputError):
        write_folder([Page("index.json", b"{}"), Page(path, b"")], tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_two_pages_of_one_path_are_refused(tmp_path: Path) -> None:
    twice = [Page("a/b", b"1"), Page("a/b", b"2")]
    with pytest.raises(tree.OutputError, match="a/b"):
        write_folder(twice, tmp_path / "site")
    with pytest.raises(tree.OutputError, match="a/b"):
        write_folder([Page("a", b"1"), Page("a/b", b"2")], tmp_path / "site")


def test_the_summary_counts(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    command = ["build", "--root", str(registry.root), "--out", str(tmp_path / "o"), "--jobs", "1"]
    assert cli.run(command) == 0
    first = capsys.readouterr().out
    assert first.startswith("1 version, ") and " 0 unchanged, 0 removed; " in first
    assert cli.run([*command, "--profile"]) == 0
    second = capsys.readouterr()
    assert ": 0 written, " in second.out
    assert cli.run([*command, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert cli.run([*command, "--archive", "x.tar"]) == 2


def test_a_generated_registry_is_of_its_size_valid_and_always_the_same(tmp_path: Path) -> None:
    commits = []
    for name in ("one", "two"):
        generate.generate(tmp_path / name, ROOT, 60, seed=3)
        command = ["git", "-C", str(tmp_path / name), "rev-parse", "main"]
        commits.append(subprocess.run(command, check=True, capture_output=True).stdout)
    assert commits[0] == commits[1]
    summary, _ = build_archive(discover(tmp_path / "one"), "main", tmp_path / "site.tar", 1)
    assert summary.versions == 60
