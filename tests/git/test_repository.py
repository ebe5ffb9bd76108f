"""Every odd state of a repository has one clear answer."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from git import Git

from builder import cli
from builder.git import records
from builder.git.discovery import discover
from builder.git.remembering import remembering
from builder.model.errors import ConfigError, RepositoryError
from tests.registry import Registry, entry, entry_file


def run(*arguments: str) -> int:
    return cli.run(list(arguments))


def test_history_lists_every_file_that_the_tree_has(registry: Registry) -> None:
    for number in range(5):
        registry.commit(
            {**entry_file(version=f"{number}.0.0"), f"dir {number}/\n é\t.txt": "odd name"}
        )
    repository = registry.repository
    changed = {change.path for commit in repository.history("HEAD") for change in commit.changes}
    assert changed == {item.path for item in repository.tree("HEAD")}


def test_history_goes_on_from_a_commit(registry: Registry) -> None:
    for number in range(4):
        registry.commit(entry_file(version=f"{number}.0.0"))
    whole = list(registry.repository.history("HEAD"))
    rest = list(registry.repository.history("HEAD", since=whole[1].sha))
    assert rest == whole[2:]


def test_git_is_not_started_for_no_blobs(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = registry.repository
    monkeypatch.setattr(Git, "execute", None)
    assert list(repository.blobs(())) == []


def test_blobs_come_in_the_order_asked_for(registry: Registry) -> None:
    registry.commit({"servers/a": b"A\n\0", "servers/b": b"", "servers/c": b"C" * 100_000})
    ids = [item.blob for item in registry.repository.tree("HEAD", "servers")]
    asked = [ids[2], ids[0], ids[1], ids[0]]
    read = list(registry.repository.blobs(asked))
    assert [blob for blob, _ in read] == asked
    assert [data for _, data in read] == [b"C" * 100_000, b"A\n\0", b"", b"A\n\0"]


def test_contents_are_those_of_the_objects_themselves_and_large_ones_are_not_read(
    registry: Registry,
) -> None:
    registry.commit({"servers/a": b"A\n\0", "servers/b": b"", "servers/c": b"C" * 100_000})
    ids = [item.blob for item in registry.repository.tree("HEAD", "servers")]
    registry.git("replace", ids[0], ids[2])
    known = (registry.repository, remembering(registry.repository))
    for repository in known:
        assert repository.contents(ids[::-1], 3) == (
            {ids[0]: b"A\n\0", ids[1]: b""},
            {ids[2]: 100_000},
        )
        assert repository.contents(ids)[0] == dict(repository.blobs(ids))
        assert repository.contents(()) == ({}, {})
        with pytest.raises(RepositoryError, match="is missing"):
            repository.contents([*ids, "12" * 20])


def test_a_shallow_clone_is_refused_with_the_command_that_mends_it(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    clone = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", f"file://{registry.root}", clone], check=True
    )
    assert run("build", "--root", str(clone)) == 2
    assert "git fetch --unshallow" in capsys.readouterr().err
    assert not (clone / "public").exists()


def test_local_grafts_do_not_change_the_history(registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    head = registry.commit(entry_file(version="2.0.0"))
    whole = list(registry.repository.history("HEAD"))
    (registry.root / ".git/info").mkdir(exist_ok=True)
    (registry.root / ".git/info/grafts").write_text(f"{head}\n")
    assert list(registry.repository.history("HEAD")) == whole


def test_a_detached_head_is_built_like_any_commit(registry: Registry) -> None:
    first = registry.commit(entry_file(version="1.0.0"))
    registry.commit(entry_file(version="2.0.0"))
    registry.git("checkout", "--quiet", "--detach", first)
    assert registry.load().catalogue.commit == first
    assert [one.version for one in registry.load().catalogue.versions()] == ["1.0.0"]


def test_a_repository_without_commits_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Registry(tmp_path / "empty", config="")
    assert run("build", "--root", str(empty.root)) == 2
    assert "has no commits yet" in capsys.readouterr().err


def test_a_repository_whose_newest_commit_is_lost_is_damaged_not_new(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = registry.commit(entry_file())
    (registry.root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    for command in ("build", "prove --all", "receive"):
        assert run(*command.split(), "--root", str(registry.root)) == 2
        said = capsys.readouterr().err
        assert f"git object {lost} is missing" in said and "git fsck" in said, command


def test_a_hook_in_a_repository_without_commits_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Registry(tmp_path / "empty", config="")
    assert run("receive", "--root", str(empty.root)) == 2
    assert "has no commits yet" in capsys.readouterr().err


def test_a_folder_that_is_no_repository_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("build", "--root", str(tmp_path)) == 2
    assert "is not in a git repository" in capsys.readouterr().err


def test_a_repository_without_registry_yaml_is_named(tmp_path: Path) -> None:
    bare = Registry(tmp_path / "other", config="")
    bare.commit({"README.md": "no registry"})
    with pytest.raises(ConfigError, match=r"registry\.yaml is not in commit"):
        bare.load()


def test_an_empty_registry_builds(registry: Registry) -> None:
    assert run("build", "--root", str(registry.root), "--jobs", "1") == 0
    listed = (registry.root / "public/v0.1/servers/index.json").read_bytes()
    assert listed == (
        b'{"servers":[],"metadata":{"count":0,"com.example.registry/unfiltered":true}}'
    )


def test_uncommitted_changes_are_not_published_and_said(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file(version="1.0.0"))
    registry.write(entry_file(version="2.0.0"))
    assert run("build", "--root", str(registry.root), "--jobs", "1") == 0
    assert (
        "not committed, so not published: servers/com.example/weather/2.0.0.json"
        in capsys.readouterr().err
    )
    assert not (registry.root / "public/v0.1/servers/com.example/weather/versions/2.0.0").exists()


def test_a_bare_repository_builds(registry: Registry, tmp_path: Path) -> None:
    registry.commit(entry_file())
    bare, out = tmp_path / "bare.git", tmp_path / "out"
    subprocess.run(["git", "clone", "--quiet", "--bare", registry.root, bare], check=True)
    assert run("build", "--root", str(bare), "--out", str(out), "--jobs", "1") == 0
    assert (out / "v0.1/servers/com.example/weather/versions/latest/index.json").is_file()


@pytest.mark.parametrize(
    ("mode", "rule"), [(records.SYMLINK, "symlink"), (records.SUBMODULE, "submodule")]
)
def test_links_and_submodules_are_errors(registry: Registry, mode: str, rule: str) -> None:
    blob = registry.git("hash-object", "-w", "--stdin", input=b"/etc/passwd")
    target = blob if mode == records.SYMLINK else registry.git("rev-parse", "HEAD")
    path = "servers/com.example/weather/1.0.0.json"
    registry.git("update-index", "--add", "--cacheinfo", f"{mode},{target},{path}")
    registry.git("commit", "--quiet", "--message", "Odd mode")
    loaded = registry.load()
    assert [(finding.rule, finding.path) for finding in loaded.findings] == [(rule, path)]
    assert loaded.catalogue.servers == ()


def test_git_variables_of_the_environment_do_not_lead_elsewhere(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit(entry_file())
    other = Registry(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    assert run("build", "--root", str(registry.root), "--jobs", "1") == 0
    assert (registry.root / "public/v0.1/servers/com.example/weather").is_dir()


def test_a_wrong_entry_is_reported_with_place_and_does_not_hide_others(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    assert run("build", "--root", str(registry.root), "--jobs", "1") == 0
    before = (registry.root / "public/index.json").read_bytes()
    wrong: dict[str, Any] = {
        "servers/com.example/weather/2.0.0.json": b'{\n  "name": 1,,\n}',
        "servers/com.example/weather/3.0.0.json": entry(version="3.0.1"),
        "servers/com.example/weather/status.yaml": "{1.0.0: {status: gone}}\n",
        "servers/stray.txt": "?",
    }
    registry.commit(wrong)
    assert run("build", "--root", str(registry.root), "--jobs", "1", "--strict") == 1
    printed = capsys.readouterr().err
    for path in wrong:
        assert path in printed
    assert "2.0.0.json:2:13: error[json-syntax]" in printed
    assert (registry.root / "public/index.json").read_bytes() == before


def test_an_unknown_revision_is_named(registry: Registry) -> None:
    with pytest.raises(RepositoryError, match="no commit 'nowhere'"):
        registry.load("nowhere")


def test_an_option_in_place_of_a_revision_is_not_an_option(registry: Registry) -> None:
    with pytest.raises(RepositoryError):
        registry.load("--output=/tmp/x")


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_in_place_of_the_site_stays_and_what_it_leads_to_is_replaced(
    registry: Registry, tmp_path: Path, exists: bool
) -> None:
    link, folder = registry.root / "public", tmp_path / "www" / "site"
    if exists:
        folder.mkdir(parents=True)
    link.symlink_to(folder)
    for version in ("1.0.0", "2.0.0"):
        registry.commit(entry_file(version=version))
        assert run("build", "--root", str(registry.root)) == 0
        assert link.readlink() == folder
        assert (folder / f"v0.1/servers/com.example/weather/versions/{version}").is_dir()


def test_a_repository_reads_itself_whatever_the_environment_points_at(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.commit(entry_file())
    files = registry.repository.tree("HEAD")
    other = Registry(tmp_path / "other").root / ".git"
    for name in ("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(other))
    repository = discover(registry.root)
    assert (repository.root, repository.tree("HEAD")) == (registry.root, files)
