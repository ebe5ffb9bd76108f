"""What a long line's commits changed, told from the bytes of a folder, is what `git log` says of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.git import long_history
from builder.git.discovery import discover
from builder.git.folder_differences import Difference, LargeFolder
from builder.git.records import Commit
from builder.git.repository import Repository
from builder.git.trees import Entry, write
from tests.git.test_folder_history import ASKED, FILES, Edit, edits, git, made

# Names that share a beginning, a folder's place after them, a space, and entries that are no folders.
NAMES = [b"a", b"a.b", b"a-b", b"a b", b"b", *(b"n%03d" % number for number in range(300))]
folders = st.dictionaries(
    st.sampled_from(NAMES),
    st.tuples(st.sampled_from((b"40000", b"40000", b"100644")), st.integers(0, 3)),
    max_size=40,
)


@given(base=st.booleans(), changes=st.lists(folders, min_size=1, max_size=4))
@settings(max_examples=60)
def test_folders_differ_as_their_entries_do(
    base: bool, changes: list[dict[bytes, tuple[bytes, int]]]
) -> None:
    now = dict.fromkeys(NAMES[5:], (b"40000", 9)) if base else {}
    folder = LargeFolder(_tree(now))
    for change in changes:
        after = {**now, **change}
        # A number of 3 takes the name away.
        after = {name: thing for name, thing in after.items() if thing[1] != 3}
        found, folder = folder.differences(_tree(after))
        assert folder.content == _tree(after)
        assert _by_name(found) == {
            name: (_stands(now.get(name)), _stands(after.get(name)))
            for name in now.keys() | after.keys()
            if now.get(name) != after.get(name)
        }
        now = after


def _tree(things: dict[bytes, tuple[bytes, int]]) -> bytes:
    entries: list[Entry] = [
        (mode, name, bytes([number]) * 20) for name, (mode, number) in things.items()
    ]
    return write(entries)


def _stands(thing: tuple[bytes, int] | None) -> tuple[bytes, str] | None:
    return None if thing is None else (thing[0], (bytes([thing[1]]) * 20).hex())


def _by_name(found: list[Difference]) -> dict[bytes, tuple[object, object]]:
    """Put what went and what came under one name together: a file and a folder stand at two places."""
    sides: dict[bytes, tuple[object, object]] = {}
    for one in found:
        old, new = sides.get(one.name, (None, None))
        sides[one.name] = (one.old or old, one.new or new)
    return sides


@given(history=edits, packed=st.sampled_from(("loose", "packed", "both", "shallow chains")))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_is_read_as_git_reads_it(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[Edit]], packed: str
) -> None:
    repository = made(tmp_path_factory.mktemp("history"), history, packed)
    assert _without_git_log(repository) == list(repository.history("main"))


def test_what_stands_beside_the_folder_is_read_too(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "-b", "main", ".")
    steps: tuple[list[str], ...] = (
        ["M 100644 inline registry.yaml", "data 1", "a"],
        ["M 100644 inline servers/com.example/a/1.json", "data 1", "a"],
        ["M 100644 inline servers/README.md", "data 1", "a"],
        [],
        ["M 100644 inline servers/com.example/a/1.json", "data 1", "b", "D registry.yaml"],
        ["D servers/com.example", "M 120000 inline servers/com.example", "data 1", "x"],
        ["D servers", "M 100644 inline servers", "data 1", "x"],
        ["M 100644 inline servers/com.example/a/1.json", "data 1", "c"],
    )
    commits = (
        ["commit refs/heads/main", f"committer T <t@example.com> {number} +0000", "data 0", *step]
        for number, step in enumerate(steps, 1_700_000_000)
    )
    script = "\n".join([*(line for commit in commits for line in commit), "done\n"])
    git(tmp_path, "fast-import", "--quiet", "--done", text=script)
    repository = discover(tmp_path)
    assert _without_git_log(repository) == list(repository.history("main"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_runs_and_processes_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    history: list[list[Edit]] = [[(ASKED, file, 1)] for file in FILES]
    repository = made(tmp_path, history, "packed")
    monkeypatch.setattr(long_history, "_RUN", 2)
    assert _without_git_log(repository, jobs) == list(repository.history("main"))


def test_packs_that_cannot_be_read_and_short_lines_are_left_to_git(tmp_path: Path) -> None:
    repository = made(tmp_path, [[(ASKED, "namespace.yaml", 1)]], "packed")
    with pytest.raises(_AskedGitError):
        _without_git_log(repository, long=1_000)
    index = next((tmp_path / "objects/pack").glob("*.idx"))
    (index.parent / "pack-0.idx").write_bytes(b"not an index of any version")
    (index.parent / "pack-0.pack").write_bytes(b"PACK")
    with pytest.raises(_AskedGitError):
        _without_git_log(repository)
    read = list(long_history.read(repository, "main", "servers", 1, 1))
    assert read == list(repository.history("main"))


class _AskedGitError(Exception):
    """Git's own log was asked."""


def _without_git_log(repository: Repository, jobs: int = 1, long: int = 1) -> list[Commit]:
    def refuse(*_: object, **__: object) -> None:
        raise _AskedGitError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Repository, "history", refuse)
        return list(long_history.read(repository, "main", "servers", jobs, long))
