"""Mirrors of an upstream whose times, statuses and contents change; walks that break off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Container
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.mirror import walk
from tests.faults.upstream import asked, item, mirror, no_waiting, paged, policy, servers, upstream
from tests.local_server import Reply, Request, as_json
from tests.registry import Registry

__all__ = ["no_waiting"]
pytestmark = pytest.mark.usefixtures("no_waiting")

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    "lines",
    ["exclude: ['com.a/*']", "include: ['com.b/*']", "transports: [sse]", "package_types: [npm]"],
)
def test_what_upstream_deletes_is_deleted_here_whatever_the_policy_excludes_by_now(
    registry: Registry, lines: str, capsys: Capture
) -> None:
    packages = [{"registryType": "pypi", "identifier": "x", "transport": {"type": "stdio"}}]
    names = ("com.a/bad", "com.a/other", "com.b/good")
    items = [item(name, packages=packages if "com.a" in name else []) for name in names]
    with upstream(lambda request: paged([items])(request)) as server:
        assert mirror(registry.root, server, "--commit") == 0
        policy(registry, lines)
        items[0] = item("com.a/bad", packages=packages, status="deleted", title="Changed")
        items.append(item("com.a/new", packages=packages))
        capsys.readouterr()
        assert mirror(registry.root, server, "--full", "--commit") == 0
        first = capsys.readouterr()
        assert mirror(registry.root, server, "--full", "--commit") == 0
        second = capsys.readouterr()
        visible = {version.name for version in registry.load().catalogue.latest}
        assert visible == {"com.a/other", "com.b/good"}
        assert "metadata updated: com.a/bad 1.0.0" in first.out
        assert b"Changed" not in servers(registry.root)["servers/com.a/bad/1.0.0.json"]
        assert "servers/com.a/new/1.0.0.json" not in servers(registry.root)
        for said in (first.err, second.err):
            assert "warning: com.a/other stands here (1.0.0), and " in said
            assert "com.a/bad" not in said
            assert "mcp-registry mirror --prune" in said
        assert mirror(registry.root, server, "--withdraw", "--commit") == 0
        assert {version.name for version in registry.load().catalogue.latest} == {"com.b/good"}
        capsys.readouterr()
        assert mirror(registry.root, server, "--full") == 0
        assert "stands here" not in capsys.readouterr().err


def test_a_time_far_ahead_hides_no_later_change(registry: Registry, capsys: Capture) -> None:
    far = "2999-01-01T00:00:00Z"
    items = [item("com.a/far", updatedAt=far), item("com.a/near")]
    with upstream(lambda request: paged([items])(request)) as server:
        for _ in range(2):
            assert mirror(registry.root, server) == 0
            assert "upstream dates com.a/far 1.0.0 in the future: 2999" in capsys.readouterr().err
        since = asked(server)[-1]["updated_since"]
        assert since < "2025-01-01T00:00:00Z"


def test_only_times_far_ahead_are_no_reason_to_ask_for_nothing(registry: Registry) -> None:
    with upstream(paged([[item(updatedAt="9999-12-31T23:59:59Z")]])) as server:
        assert mirror(registry.root, server) == 0
        assert mirror(registry.root, server) == 0
        assert asked(server)[-1]["updated_since"] < "2025"


def test_altered_content_is_a_warning_of_its_own(registry: Registry, capsys: Capture) -> None:
    items = [item(), item("com.a/other")]
    with upstream(lambda request: paged([items])(request)) as server:
        mirror(registry.root, server)
        items[0] = item(title="Another title")
        items[1] = item("com.a/other", status="deprecated")
        capsys.readouterr()
        assert mirror(registry.root, server, "--full") == 0
        printed = capsys.readouterr()
    assert "1 content changed, 1 metadata updated" in printed.out or (
        "1 content changed" in printed.out and "1 metadata updated" in printed.out
    )
    warnings = [line for line in printed.err.splitlines() if line.startswith("warning")]
    assert warnings == [
        "warning: upstream changed the published version com.example/weather 1.0.0: look at it"
    ]


def _answer_but(failing: Container[str], pages: list[list[Any]], request: Request) -> Reply:
    """Answer for the pages of a list, but for those at some cursors, which fail."""
    if request.query.get("cursor", "") in failing:
        return Reply(status=503)
    return paged(pages)(request)


def test_a_walk_that_fails_keeps_its_pages_and_goes_on(registry: Registry, capsys: Capture) -> None:
    pages = [[item(f"com.a/n{number}")] for number in range(9)]
    failing = {"5"}

    with upstream(partial(_answer_but, failing, pages)) as server:
        assert mirror(registry.root, server) == 2
        printed = capsys.readouterr().err
        assert "kept: 5 pages" in printed
        assert "it goes on from there" in printed
        assert not (registry.root / "servers").exists()
        failing.clear()
        before = len(asked(server))
        assert mirror(registry.root, server) == 0
        assert [query.get("cursor") for query in asked(server)[before:]] == ["5", "6", "7", "8"]
        assert len(servers(registry.root)) == 18
        assert mirror(registry.root, server) == 0
        assert "updated_since" in asked(server)[-1]


def test_of_two_runs_at_once_the_second_says_so_and_touches_nothing(registry: Registry) -> None:
    said: list[subprocess.CompletedProcess[str]] = []

    def answer(request: Request) -> Reply:
        root = str(registry.root)
        command = [sys.executable, "-m", "builder", "mirror", "--root", root, server.url]
        if not said:
            said.append(subprocess.run(command, capture_output=True, text=True, check=False))
        return paged([[item("com.a/one")], [item("com.a/two")]])(request)

    with upstream(answer) as server:
        assert mirror(registry.root, server) == 0
    assert said[0].returncode == 2
    assert said[0].stderr.startswith("error: another mirror run is writing to this repository")
    assert len(servers(registry.root)) == 4


def test_a_walk_that_took_long_is_followed_by_one_for_what_changed_meanwhile(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = 1_750_000_000 * 10**9
    times = iter([start, start, start + 7200 * 10**9])
    monkeypatch.setattr(walk, "_time", lambda _: next(times, start + 7300 * 10**9))
    items = [item("com.a/early")]

    def answer(request: Request) -> Reply:
        if "updated_since" in request.query:
            return as_json({"servers": [item("com.a/missed")]})
        return paged([items, [item("com.z/late")]])(request)

    with upstream(answer) as server:
        assert mirror(registry.root, server) == 0
        assert asked(server)[-1]["updated_since"] < "2025-06-15T15:06:40Z"
    assert "servers/com.a/missed/1.0.0.json" in servers(registry.root)


@pytest.mark.parametrize("damage", ["cut", "nonsense", "another form"])
def test_pages_that_were_damaged_are_fetched_again(damage: str, registry: Registry) -> None:
    pages = [[item(f"com.a/n{number}")] for number in range(4)]
    failing = {"3"}

    with upstream(partial(_answer_but, failing, pages)) as server:
        assert mirror(registry.root, server) == 2
        (spool,) = (registry.root / ".git/mcp-registry").glob("*.jsonl")
        body = spool.read_bytes()
        spool.write_bytes(
            {"cut": body[:-9], "nonsense": b"\0" * 99, "another form": b"[]\n"}[damage]
        )
        failing.clear()
        assert mirror(registry.root, server) == 0
    assert len(servers(registry.root)) == 8
    assert not spool.exists()


def test_what_a_policy_no_longer_wants_is_said_without_asking_for_everything(
    registry: Registry, tmp_path: Path, capsys: Capture
) -> None:
    with upstream(paged([[item("com.a/x")]])) as server:
        mirror(registry.root, server, "--commit")
        policy(registry, "exclude: ['com.a/*']")
        with upstream(paged([[]])) as _:
            capsys.readouterr()
            assert mirror(registry.root, server) == 0
    assert "com.a/x stands here (1.0.0)" in capsys.readouterr().err


def test_an_approved_version_comes_in_although_upstream_has_not_changed_since(
    registry: Registry, capsys: Capture
) -> None:
    rules = "rules: [{match: {version: 2.*}, do: review, because: look}]"
    policy(registry, rules)
    held = item(version="2.0.0")

    def answer(request: Request) -> Reply:
        if request.path.endswith("/versions"):
            return as_json({"servers": [item(), held], "metadata": {}})
        # A registry that keeps to `updated_since`: nothing changed.
        return paged([[] if "updated_since" in request.query else [item(), held]])(request)

    with upstream(answer) as server:
        assert mirror(registry.root, server, "--commit") == 0
        assert "held for review: com.example/weather 2.0.0: look" in capsys.readouterr().out
        assert "held: com.example/weather 2.0.0: look" in registry.git("log", "-1", "--format=%b")
        given = ("--upstream", server.url, "--root", str(registry.root), "--commit")
        assert cli.run(["approve", "com.example/weather@2.0.0", *given]) == 0
        assert mirror(registry.root, server, "--commit") == 0
        assert "added: com.example/weather 2.0.0" in capsys.readouterr().out
