"""What the rules say of a proposed change, read from git objects alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from builder.git.discovery import discover
from builder.git.repository import Repository
from builder.model.errors import RepositoryError
from builder.model.finding import Finding, Severity
from builder.rules.unique import MAX_VERSIONS
from tests.changes import check_change
from tests.registry import Registry, entry, entry_file

URL = "https://weather.example.com/mcp"
ENTRY = "servers/com.example/weather/1.0.0.json"
UPSTREAM = "servers/com.example/weather/upstream.json"


def remote(url: str = URL) -> dict[str, Any]:
    return {"remotes": [{"type": "streamable-http", "url": url}]}


def change(registry: Registry, base: str, head: str = "HEAD") -> list[Finding]:
    return check_change(registry.repository, base, head)


def rules(registry: Registry, base: str) -> list[str]:
    return sorted(finding.rule for finding in change(registry, base))


def upstream(*versions: str) -> dict[str, Any]:
    source = "https://registry.example.org"
    return {"source": source, "versions": {version: {} for version in versions}}


def test_nothing_is_checked_out(registry: Registry) -> None:
    base = registry.commit(entry_file())
    registry.git("switch", "--quiet", "--create", "change")
    head = registry.commit(entry_file(version="1.1.0", title=" "))
    registry.git("switch", "--quiet", "main")
    registry.write({ENTRY: "broken in the working tree"})
    (finding,) = change(registry, base, head)
    assert (finding.rule, finding.line) == ("title-whitespace-only", 6)


def test_what_was_wrong_before_is_not_its_fault(registry: Registry) -> None:
    base = registry.commit({**entry_file(title=" "), **entry_file("com.example/Weather")})
    registry.commit(entry_file("com.example/other"))
    assert change(registry, base) == []


def test_a_shallow_clone_is_told_to_fetch_more(registry: Registry, tmp_path: Path) -> None:
    registry.commit(entry_file())
    registry.git("branch", "proposed")
    registry.commit(entry_file(version="1.1.0"))
    registry.git("checkout", "--quiet", "proposed")
    registry.commit(entry_file(version="1.2.0"))
    url = f"file://{registry.root}"
    registry.git("clone", "--quiet", "--depth=1", "--no-single-branch", url, str(tmp_path / "c"))
    with pytest.raises(RepositoryError) as error:
        check_change(discover(tmp_path / "c"), "origin/main", "origin/proposed")
    assert "git fetch --unshallow" in str(error.value.help)


def test_a_published_version_stays(registry: Registry) -> None:
    base = registry.commit({**entry_file(), **entry_file(version="1.1.0")})
    registry.commit({ENTRY: json.dumps(entry()), "servers/com.example/weather/1.1.0.json": None})
    assert rules(registry, base) == ["version-changed", "version-removed"]


def test_case_collision_with_the_base(registry: Registry) -> None:
    base = registry.commit(entry_file("com.example/weather"))
    registry.commit(entry_file("com.Example/weather"))
    errors = [one for one in change(registry, base) if one.severity is Severity.ERROR]
    assert [(error.rule, error.path) for error in errors] == [
        ("case-collision", "servers/com.Example/weather/1.0.0.json")
    ]


@pytest.mark.parametrize("written", [URL, URL.replace("/", "\\/"), URL.replace("h", "\\u0068")])
def test_a_remote_that_is_taken(registry: Registry, written: str) -> None:
    taken = json.dumps(entry("org.example/other", **remote())).replace(URL, written)
    registry.commit({"servers/org.example/other/1.0.0.json": taken})
    base = registry.commit(entry_file("com.example/bystander", **remote("https://b.example.com/")))
    registry.commit(entry_file(**remote()))
    for _ in range(2):  # first without, then with what is remembered of the base
        (finding,) = change(registry, base)
        assert (finding.rule, finding.pointer) == ("remote-url-conflict", "/remotes/0/url")
        assert "org.example/other" in finding.message


def test_a_remote_of_a_deleted_server_is_free(registry: Registry) -> None:
    base = registry.commit(
        {
            **entry_file("org.example/other", **remote()),
            "servers/org.example/other/status.yaml": '"*": {status: deleted}\n',
        }
    )
    registry.commit(entry_file(**remote()))
    assert change(registry, base) == []


@pytest.mark.parametrize(
    "status", [None, '"*": {status: active}\n', '"2.0.0": {status: deleted}\n']
)
def test_a_deleted_version_comes_back_only_while_its_remote_is_free(
    registry: Registry, status: str | None
) -> None:
    path = "servers/org.example/other/status.yaml"
    landed = {**entry_file("org.example/other", **remote()), path: '"*": {status: deleted}\n'}
    free = registry.commit({**landed, **entry_file("org.example/other", "2.0.0")})
    registry.commit({path: status})
    assert change(registry, free) == []
    taken = registry.commit({path: landed[path], **entry_file(**remote())})
    registry.commit({path: status})
    (finding,) = change(registry, taken)
    assert (finding.rule, finding.path) == ("remote-url-conflict", path)
    assert "1.0.0 would be back" in finding.message
    assert "com.example/weather" in finding.message


def test_another_status_is_not_held_by_a_remote_that_was_shared_before(registry: Registry) -> None:
    base = registry.commit(
        {**entry_file("org.example/other", **remote()), **entry_file(**remote())}
    )
    registry.commit({"servers/org.example/other/status.yaml": '"*": {status: deprecated}\n'})
    assert change(registry, base) == []


def test_what_is_remembered_of_remotes_follows_the_base(registry: Registry) -> None:
    first = registry.commit(entry_file("org.example/other"))
    registry.commit(entry_file("com.example/one", **remote("https://one.example.com/")))
    assert rules(registry, first) == []
    second = registry.commit(entry_file("org.example/other", "2.0.0", **remote()))
    registry.commit(entry_file("com.example/two", **remote()))
    assert rules(registry, second) == ["remote-url-conflict"]
    (registry.root / ".git/mcp-registry/remotes.json").write_text("broken")
    assert rules(registry, second) == ["remote-url-conflict"]


def test_two_takers_in_one_change(registry: Registry) -> None:
    base = registry.git("rev-parse", "HEAD")
    registry.commit(
        {**entry_file("com.example/one", **remote()), **entry_file("org.example/two", **remote())}
    )
    assert rules(registry, base) == ["remote-url-conflict"] * 2


def test_a_stranger_cannot_call_an_entry_mirrored_to_change_it(registry: Registry) -> None:
    base = registry.commit(entry_file())
    registry.commit({**entry_file(title="Other"), UPSTREAM: upstream("1.0.0")})
    assert {one.rule: one.severity for one in change(registry, base)} == {
        "version-changed": Severity.ERROR,
        "mirror-record": Severity.REVIEW,
    }


def test_a_mirror_may_follow_a_correction_if_a_person_agrees(registry: Registry) -> None:
    base = registry.commit({**entry_file(), UPSTREAM: upstream("1.0.0")})
    registry.commit(entry_file(title="Corrected"))
    assert {one.rule: one.severity for one in change(registry, base)} == {
        "version-changed": Severity.REVIEW
    }


def test_a_huge_file_is_not_read(registry: Registry) -> None:
    base = registry.git("rev-parse", "HEAD")
    registry.commit(
        {
            ENTRY: b" " * 50_000_000,
            "servers/com.example/weather/status.yaml": b"#" * 9_000_000,
        }
    )
    large, status = change(registry, base)
    assert (large.rule, status.rule) == ("file-too-large", "invalid-sidecar")
    assert "50,000,000 bytes" in large.message


def test_the_versions_on_the_base_are_counted(registry: Registry) -> None:
    blob = registry.git("hash-object", "-w", "--stdin", input=b"{}")
    lines = (
        f"100644 {blob}\tservers/com.example/weather/0.{number}.0.json\n"
        for number in range(MAX_VERSIONS)
    )
    registry.git("update-index", "--index-info", input="".join(lines).encode())
    registry.git("commit", "--quiet", "--message", "Many")
    base = registry.git("rev-parse", "HEAD")
    new = registry.git("hash-object", "-w", "--stdin", input=json.dumps(entry()).encode())
    registry.git("update-index", "--index-info", input=f"100644 {new}\t{ENTRY}\n".encode())
    registry.git("commit", "--quiet", "--message", "One more")
    assert rules(registry, base) == ["too-many-versions"]


def test_only_what_the_change_needs_is_read(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cost of a check follows the change: no entry of another server is read."""
    for number in range(20):
        registry.write(entry_file(f"org.server-{number}/weather"))
    base = registry.commit({})
    registry.commit(entry_file())
    asked: list[str] = []
    repository = registry.repository

    def noted(read: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: Repository, ids: Iterable[str], *others: int) -> Any:
            asked.extend(ids := list(ids))
            return read(self, ids, *others)

        return call

    for name in ("blobs", "contents"):
        monkeypatch.setattr(type(repository), name, noted(getattr(type(repository), name)))
    assert check_change(repository, base, "HEAD") == []
    kinds = [registry.git("cat-file", "-t", one) for one in asked]
    assert kinds.count("blob") == 1
    assert kinds.count("tree") < 10
