"""What stops a command, and how that is told: one line where the user can mend it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from git.exc import GitCommandError

from builder import cli
from builder.git import discovery
from tests.registry import Registry, entry, entry_file


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A dump of one server."""
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([{"server": entry()}]))
    return file


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert error.startswith("error: ")
    return error


def test_a_search_that_finds_nothing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path / "registry")
    registry.commit(entry_file())
    assert cli.run(["search", "xyzzy", "--root", str(registry.root)]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "no server has any of these words\n")


def test_a_command_with_a_typo_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["biuld"]) == 2
    assert "Did you mean 'build'?" in capsys.readouterr().err
    assert cli.run(["xyzzy"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


def test_what_the_file_system_refuses_is_no_bug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert cli.run(["init", str(tmp_path / "file" / "registry")]) == 2
    assert "Not a directory" in one_line(capsys)


@pytest.mark.parametrize("command", ["build", "check", "init"])
def test_without_git_that_is_said(
    tmp_path: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    where = [str(tmp_path / "new")] if command == "init" else ["--root", str(registry.root)]
    assert cli.run([command, *where]) == 2
    assert "git is not on the PATH" in one_line(capsys)
    assert not (tmp_path / "new").exists()


def test_what_git_refuses_is_told_in_its_words(
    registry: Registry, dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = registry.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(dump), "--commit"]) == 2
    assert one_line(capsys) == "error: git: not today\n"


def test_a_repository_that_git_cannot_read_is_not_taken_for_an_empty_one(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    (registry.root / ".git/config").write_text("[core]\n\trepositoryformatversion = 99\n")
    assert cli.run(["build", "--root", str(registry.root)]) == 2
    assert "no commits yet" not in one_line(capsys)


def test_a_commit_needs_no_identity_but_uses_the_one_there_is(
    registry: Registry, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.git("config", "user.useConfigOnly", "true")
    for variable in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME"):
        monkeypatch.delenv(variable)
    monkeypatch.delenv("GIT_COMMITTER_EMAIL")
    arguments = ["mirror", "--root", str(registry.root), "--dump", str(dump), "--commit"]
    assert cli.run(arguments) == 0
    assert registry.git("log", "-1", "--format=%an %cn") == "mcp-registry mcp-registry"
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Alice")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "alice@example.com")
    dump.write_text(json.dumps([{"server": entry(version="2.0.0")}]))
    assert cli.run(arguments) == 0
    assert registry.git("log", "-1", "--format=%an %cn") == "Alice mcp-registry"


def test_where_there_is_nothing_to_check_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Registry(tmp_path / "empty", config="")
    assert cli.run(["check", "--root", str(empty.root)]) == 2
    assert "there is no registry in" in capsys.readouterr().err


def test_a_whole_check_looks_at_the_settings_too(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.commit(entry_file())
    (registry.root / "registry.yaml").write_text("title: [\n")
    arguments = ["check", "--root", str(registry.root)]
    assert cli.run(arguments) == 2
    assert one_line(capsys).startswith("error: registry.yaml:2: not YAML")
    assert cli.run([*arguments, str(registry.root / "servers")]) == 0, "a publisher's files alone"


def test_a_reader_that_goes_away_is_no_error(registry: Registry) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "builder", "check", "--root", str(registry.root)],
            stdout=write,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_that_git_got_first_is_one(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def discover(_: Path) -> None:
        raise GitCommandError("git log", -signal.SIGINT)

    monkeypatch.setattr(discovery, "discover", discover)
    assert cli.run(["build", "--root", str(registry.root)]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_bug_is_shown_with_its_traceback(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(discovery, "discover", lambda _: 1 // 0)
    assert cli.run(["build", "--root", str(registry.root)]) == 3
    error = capsys.readouterr().err
    assert "ZeroDivisionError" in error
    assert "please report it" in error


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://a.example:1x", "https://a.example:99999"]
)
@pytest.mark.parametrize(
    "command",
    [
        "pull {}",
        "verify com.acme/weather --from {}",
        "rebuild {}",
        "mirror {}",
        "policy explain com.acme/weather --upstream {}",
        "advisories {}",
    ],
)
def test_an_address_that_is_none_is_no_bug(
    registry: Registry, capsys: pytest.CaptureFixture[str], command: str, address: str
) -> None:
    registry.commit(entry_file())
    words = [*command.format(address).split(), "--root", str(registry.root)]
    if words[0] in ("pull", "verify", "rebuild"):
        del words[-2:]
    assert cli.run(words) == 2
    one_line(capsys)


@pytest.mark.parametrize("target", ["s3://a:1x/", "--grace inf", "--grace nan"])
def test_a_target_or_a_time_that_is_none_is_no_bug(
    tmp_path: Path, registry: Registry, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    registry.commit(entry_file())
    site = tmp_path / "site"
    assert cli.run(["build", "--root", str(registry.root), "--out", str(site)]) == 0
    capsys.readouterr()
    words = target.split() if target.startswith("s3") else [str(tmp_path / "t"), *target.split()]
    assert cli.run(["deploy", *words, "--root", str(registry.root), "--out", str(site)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_words_and_files_that_are_not_utf_8_are_no_bug(
    tmp_path: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["new", "\udcff", "--version", "1.0.0", "--root", str(registry.root)]) == 2
    assert r"an argument is not UTF-8: '\udcff'" in one_line(capsys)
    key = tmp_path / "key"
    key.write_bytes("a".encode("utf-16"))
    assert cli.run(["verify", "com.acme/weather", "--key", str(key)]) == 2
    assert "is no text: byte 0 is not UTF-8" in one_line(capsys)
