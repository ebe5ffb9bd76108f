"""What stood under a few names, read from deltas, is what git says of each commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builder.git import folder_history, index_file
from builder.git.discovery import discover
from builder.git.packs import PackError, Packs
from builder.git.repository import Repository
from builder.ownership import removed

ASKED = "io.github.alice"
NAMES = (
    ASKED,
    "io.github.Alice",
    "io.github.alice-x",
    "io.github.alic",
    "com.example",
    "IO.github.alice",
)
STANDING = tuple(f"io.github.other-{number}" for number in range(40))
GROWING = tuple(f"io.github.new-{number}" for number in range(6))
FILES = ("a/1.0.0.json", "a/1.1.0.json", "b/1.0.0.json", "namespace.yaml", "a/status.yaml")

Edit = tuple[str, str, int | None]
"""A namespace, a file in it, and the number that is written into it; None removes the file."""

edits = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES + STANDING[:3] + GROWING),
            st.sampled_from(FILES),
            st.none() | st.integers(0, 2),
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=12,
)


# Git makes deltas to the larger tree: here one that has none of the names that the smaller ones have.
@example(
    history=[
        [(NAMES[1], FILES[0], 1), (NAMES[0], FILES[0], 0)],
        [(NAMES[1], FILES[0], None)],
        [(NAMES[0], FILES[0], 1)],
        [(NAMES[0], FILES[0], None), *((name, FILES[3], 1) for name in GROWING)],
    ],
    packed="packed",
)
@given(history=edits, packed=st.sampled_from(("loose", "packed", "both", "shallow chains")))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_are_followed_through_any_history(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[Edit]], packed: str
) -> None:
    repository = made(tmp_path_factory.mktemp("history"), history, packed)
    steps = folder_history.read(repository, "main", "servers", [ASKED])
    known: dict[str, str] = {}
    seen = {step.commit: dict(step.after) for step in steps}
    for commit in reversed(repository.first_parents("main")):
        folders = repository.folders(commit, "servers")
        known = seen.get(commit, known)
        assert known == {name: id for name, id in folders.items() if name.lower() == ASKED}
    asked = removed.read(repository, "main", [ASKED]).of_namespace(ASKED)
    every = removed.read(repository, "main").of_namespace(ASKED)
    assert asked == every


def test_a_clone_that_borrows_objects_reads_their_packs(tmp_path: Path) -> None:
    alice: list[Edit] = [(ASKED, "namespace.yaml", 1)]
    gone: list[Edit] = [(ASKED, "namespace.yaml", None)]
    (tmp_path / "real").mkdir()
    real = made(tmp_path / "real", [alice, gone], "packed")
    for lender, name in (("real", "clone"), ("clone", "further")):
        git(tmp_path, "clone", "--quiet", "--bare", "--shared", lender, name)
    borrowing = discover(tmp_path / "further")
    folder = bytes.fromhex(real.folders("main", ".")["servers"])
    assert Packs(borrowing.folder / "objects", 20).find(folder)
    steps = folder_history.read(real, "main", "servers", [ASKED])
    assert len(steps) == 2
    assert folder_history.read(borrowing, "main", "servers", [ASKED]) == steps


def made(folder: Path, history: list[list[Edit]], packed: str) -> Repository:
    """A bare repository with this history, its objects stored in a way."""
    git(folder, "init", "--quiet", "--bare", "-b", "main", ".")
    first: list[Edit] = [(name, "namespace.yaml", 7) for name in STANDING]
    half = len(history) // 2
    imported(folder, [first, *history[:half]])
    if packed == "both":
        git(folder, "repack", "-adq")
    imported(folder, history[half:])
    if packed == "packed":
        git(folder, "repack", "-adfq", "--window=50")
    if packed == "shallow chains":
        git(folder, "repack", "-adfq", "--depth=2", "--window=50")
    return discover(folder)


def imported(folder: Path, commits: Iterable[list[Edit]]) -> None:
    script = []
    for number, edited in enumerate(commits):
        script += [
            "commit refs/heads/main",
            f"committer Test <test@example.com> {1_700_000_000 + number} +0000",
            "data 0",
        ]
        if number == 0 and (folder / "refs/heads/main").is_file():
            script.append("from refs/heads/main^0")
        for namespace, file, content in edited:
            path = f"servers/{namespace}/{file}"
            script += (
                [f"D {path}"]
                if content is None
                else [f"M 100644 inline {path}", "data 1", str(content)]
            )
    text = "\n".join([*script, "done\n"])
    # Few objects would be written loose otherwise, without deltas.
    options = ["-c", "fastimport.unpackLimit=1000"]
    git(folder, *options, "fast-import", "--quiet", "--done", "--force", text=text)


def git(folder: Path, *arguments: str, text: str = "") -> None:
    subprocess.run(["git", "-C", folder, *arguments], input=text, text=True, check=True)


def test_packs_that_cannot_be_read_are_left_to_git(tmp_path: Path) -> None:
    alice: list[Edit] = [(ASKED, "namespace.yaml", 1)]
    gone: list[Edit] = [(ASKED, "namespace.yaml", None)]
    repository = made(tmp_path, [alice, gone], "packed")
    index = next((tmp_path / "objects/pack").glob("*.idx"))
    (index.parent / "pack-0.idx").write_bytes(b"not an index of any version")
    (index.parent / "pack-0.pack").write_bytes(b"PACK")
    with pytest.raises(PackError, match="is not an index"):
        folder_history.read(repository, "main", "servers", [ASKED])
    assert [one.path for one in removed.read(repository, "main", [ASKED]).all] == [
        f"servers/{ASKED}/namespace.yaml"
    ]


def test_a_pack_that_is_cut_off_is_told(tmp_path: Path) -> None:
    repository = made(tmp_path, [[(ASKED, "namespace.yaml", 1)]], "packed")
    folder = bytes.fromhex(repository.folders("main", ".")["servers"])
    whole = Packs(tmp_path / "objects", 20)
    place = whole.find(folder)
    assert place is not None
    assert whole.read(place).data
    pack = next((tmp_path / "objects/pack").glob("*.pack"))
    pack.chmod(0o600)
    os.truncate(pack, place.offset + 9)
    with pytest.raises(PackError, match="cut off"):
        Packs(tmp_path / "objects", 20).read(place)


def test_a_question_about_others_keeps_what_the_first_found(tmp_path: Path) -> None:
    files = ["namespace.yaml"]
    history: list[list[Edit]] = [
        [(name, file, 1) for name in (ASKED, "com.example") for file in files],
        [(name, file, None) for name in (ASKED, "com.example") for file in files],
    ]
    repository = made(tmp_path, history, "packed")
    first = removed.read(repository, "main", [ASKED])
    assert {one.path for one in first.all} == {f"servers/{ASKED}/namespace.yaml"}
    second = removed.read(repository, "main", ["Com.Example"])
    assert second.of_namespace("com.example")
    assert second.of_namespace(ASKED)
    kept = index_file.read(repository, removed.FILE)
    assert kept["namespaces"] == ["com.example", ASKED], "git was asked about all of them"
    every = removed.read(repository, "main", [f"com.example-{number}" for number in range(30)])
    assert sorted(every.all) == sorted(second.all)
    assert index_file.read(repository, removed.FILE)["namespaces"] is None


def test_the_line_of_commits_is_read_only_where_something_was_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history: list[list[Edit]] = [[(ASKED, file, 1) for file in FILES], [(ASKED, FILES[0], None)]]
    repository = made(tmp_path, history, "packed")
    commit = repository.commit("main")
    read = Repository.first_parents
    asked: list[str] = []

    def counted(self: Repository, rev: str) -> Sequence[str]:
        asked.append(rev)
        return read(self, rev)

    monkeypatch.setattr(Repository, "first_parents", counted)
    for _ in range(2):  # the first time from the packs, then from what was kept
        removals = removed.read(repository, commit, [ASKED])
        assert removals.at(f"servers/{ASKED}/{FILES[1]}") == []
        assert removals.of_namespace("com.example") == []
        assert asked == []
        assert [one.commit for one in removals.at(f"servers/{ASKED}/{FILES[0]}")] == [commit]
        assert asked == [commit]
        asked.clear()
