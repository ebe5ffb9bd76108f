"""mcp-registry check on a publisher's laptop: anywhere, as somebody, and as much as is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from tests.registry import Registry, entry, entry_file

ALICE = "io.github.alice"
OWNERS = {
    f"servers/{ALICE}/namespace.yaml": "owners: [{github: alice, id: 583231}]\nproof: github\n"
}
WARNED = entry_file(packages=[], websiteUrl="https://example.com")


def run(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = cli.run(["check", "--root", str(folder), "--format", "json", *arguments])
    printed = capsys.readouterr()
    return code, json.loads(printed.out) if printed.out else printed.err


def rules(report: Any) -> list[str]:
    return [finding["rule"] for finding in report["findings"]]


@pytest.mark.parametrize("git", [False, True])
def test_a_file_outside_any_registry(
    git: bool, registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    if git:
        Registry(folder, config="").commit({"README.md": "# Weather\n"})
    file = folder / "server.json"
    file.write_text(json.dumps(entry()))
    for named in ([str(file)], [str(folder)], []):
        code, report = run(folder, capsys, *named)
        assert (code, report["findings"]) == (0, [])
        assert report["checked"] == "1 file, by the official rules"
        assert "the rules of a registry" in report["not_checked"][0]
    file.write_text(json.dumps(entry(version="latest")))
    code, report = run(folder, capsys)
    assert (code, set(rules(report))) == (1, {"reserved-version-string"})
    file.unlink()
    assert run(folder, capsys)[0] == 2
    assert run(folder, capsys, str(folder))[0] == 2


def test_a_missing_file_is_told_as_such(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    for folder in (tmp_path / "mine", registry.root):
        code, told = run(folder, capsys, str(folder / "server.json"))
        assert code == 2
        assert "there is no file" in told


def test_who_owns_a_new_namespace_is_asked_without_an_account_too(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who follows the documentation is told of namespace.yaml before the gate refuses for it."""
    upstream = {"source": "https://registry.example.org", "versions": {"1.0.0": {}}}
    registry.write(
        {
            **entry_file(f"{ALICE}/weather"),
            **entry_file("com.example/mirrored"),
            "servers/com.example/mirrored/upstream.json": upstream,
        }
    )
    for named in ([], [str(registry.root / f"servers/{ALICE}/weather/1.0.0.json")]):
        code, report = run(registry.root, capsys, *named)
        assert code == 0
        (missing,) = [text for text in report["not_checked"] if "namespace.yaml" in text]
        assert f"servers/{ALICE}/namespace.yaml" in missing
    registry.write(OWNERS)
    assert "namespace.yaml" not in str(run(registry.root, capsys)[1])


def test_of_many_namespaces_without_owners_a_few_are_named(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "abcde":
        registry.write(entry_file(f"org.{name}/weather"))
    _, report = run(registry.root, capsys)
    assert [text for text in report["not_checked"] if text.startswith("whose")] == [
        *(
            f"whose org.{name} is (its first entry must come with servers/org.{name}/namespace.yaml)"
            for name in "abc"
        ),
        "whose 2 other namespaces without a namespace.yaml are",
    ]


def test_a_draft_is_held_to_the_registry_around_it(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    remotes = [{"type": "sse", "url": "https://example.com/mcp"}]
    registry.commit(entry_file(remotes=remotes))
    registry.write({"server.json": entry("org.example/other", remotes=remotes)})
    code, report = run(registry.root, capsys, str(registry.root / "server.json"))
    assert code == 1
    assert "remote-url-conflict" in rules(report)
    assert report["checked"] == "1 file, by the official rules and those of Test registry"
    registry.write({"server.json": entry(version="2.0.0", remotes=remotes)})
    assert run(registry.root, capsys, str(registry.root / "server.json"))[0] == 0
    registry.write(entry_file("org.example/other", remotes=remotes))
    path = str(registry.root / "servers/org.example/other/1.0.0.json")
    assert rules(run(registry.root, capsys, path)[1]) == ["remote-url-conflict"]


def test_an_empty_registry_is_no_success_of_nothing(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = run(registry.root, capsys)
    assert (code, report["checked"]) == (0, "there is no entry in servers/ yet")


def test_as_somebody(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not committed yet gets the verdict of the pull request that would bring it."""
    registry.commit(entry_file())
    registry.write({**entry_file(f"{ALICE}/weather"), **OWNERS})
    before = registry.git("count-objects", "-v"), registry.git("status", "--porcelain")
    code, report = run(registry.root, capsys, "--as", "alice")
    assert (code, report["verdict"]) == (0, "accept")
    assert report["not_checked"] == ["package registries (--online)"]
    assert [namespace["namespace"] for namespace in report["namespaces"]] == [ALICE]
    code, report = run(registry.root, capsys, "--as", "mallory")
    assert (code, report["verdict"]) == (1, "reject")
    assert "namespace-unproved" in rules(report)
    code, report = run(registry.root, capsys, "--as", "alice:7")
    assert "namespace-file-mismatch" in rules(report)
    assert (registry.git("count-objects", "-v"), registry.git("status", "--porcelain")) == before


def test_as_somebody_with_paths_and_commits(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    base = registry.commit(entry_file())
    registry.write({**entry_file(f"{ALICE}/weather"), **OWNERS, "notes.txt": "x"})
    code, _ = run(registry.root, capsys, "--as", "alice")
    assert code == 1  # notes.txt is not a publisher's
    folder = str(registry.root / f"servers/{ALICE}")
    assert run(registry.root, capsys, "--as", "alice", folder)[0] == 0
    registry.commit({"notes.txt": None})
    assert run(registry.root, capsys, "--as", "alice", "--base", base)[0] == 0
    assert run(registry.root, capsys, "--as", "bob", "--base", base)[0] == 1


def test_what_proves_a_file_that_is_named_comes_along(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pull request has the owners' file and the signature too, though one asks about the entry."""
    registry.commit(entry_file())
    registry.write({**entry_file(f"{ALICE}/weather"), **OWNERS})
    (path,) = entry_file(f"{ALICE}/weather")
    named = str(registry.root / path)
    code, report = run(registry.root, capsys, "--as", "alice:583231", named)
    assert (code, report["verdict"]) == (0, "accept")
    registry.write({f"{path}.sig": "{}"})
    _, report = run(registry.root, capsys, "--as", "alice:583231", named)
    assert "signature-invalid" in rules(report)


def test_an_unknown_number_is_left_to_be_written(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.write(entry_file(f"{ALICE}/weather"))
    _, report = run(registry.root, capsys, "--as", "alice")
    (missing,) = [
        finding for finding in report["findings"] if finding["rule"] == "namespace-file-missing"
    ]
    assert "{github: alice, id: YOUR-NUMERIC-ID}" in missing["help"]


def test_a_login_in_another_case_is_a_warning(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.write({**entry_file(f"{ALICE}/weather"), **OWNERS})
    code, report = run(registry.root, capsys, "--as", "Alice")
    (finding,) = [finding for finding in report["findings"] if finding["rule"] == "login-case"]
    assert (code, finding["severity"]) == (0, "warning")
    assert "io.github.Alice" in finding["help"]


def test_which_findings_count(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    registry.commit({**WARNED, **entry_file("org.example/other", title=" ")})
    assert run(registry.root, capsys)[0] == 1
    assert rules(run(registry.root, capsys, "--severity", "error")[1]) == ["title-whitespace-only"]
    code, report = run(registry.root, capsys, "--ignore", "title-whitespace-only")
    assert (code, rules(report)) == (0, ["nothing-to-run"])
    assert "title-whitespace-only (--ignore)" in report["not_checked"]
    assert run(registry.root, capsys, "--ignore", "title-whitespace-only", "--strict")[0] == 1
    code, report = run(registry.root, capsys, "--select", "nothing-to-run,blank-version")
    assert (code, rules(report)) == (0, ["nothing-to-run"])
    code, error = run(registry.root, capsys, "--select", "nothing-to-runn")
    assert code == 2
    assert "did you mean nothing-to-run?" in error


def test_mirrored_entries_are_counted(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = [f"1.0.{number}" for number in range(5)]
    registry.commit(
        {
            **entry_file("org.example/own", title=" "),
            **{path: text for version in versions for path, text in entry_file(version=version, title=" ").items()},
            "servers/com.example/weather/upstream.json": {
                "source": "https://registry.example.org",
                "versions": {version: {} for version in versions},
            },
        }
    )  # fmt: skip
    code, report = run(registry.root, capsys)
    assert [finding["path"] for finding in report["findings"]] == [
        "servers/org.example/own/1.0.0.json"
    ]
    (group,) = report["mirrored"]
    assert (code, group["rule"], group["count"], group["files"]) == (
        1,
        "title-whitespace-only",
        5,
        5,
    )
    assert group["examples"] == [f"servers/com.example/weather/1.0.{n}.json" for n in range(3)]
    _, report = run(registry.root, capsys, "--mirrored")
    assert (len(report["findings"]), report["mirrored"]) == (6, [])
    cli.run(["check", "--root", str(registry.root)])
    text = capsys.readouterr().out
    assert "5 x warning[title-whitespace-only] in 5" in text
    assert "not checked: who you are (--as LOGIN or --event), whose org.example is" in text
