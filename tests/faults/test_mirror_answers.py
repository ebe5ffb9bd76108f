"""Mirrors of an upstream that answers with lies: lists without an end, of no form, with wrong fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults.test_full_disk import require_one_line
from tests.faults.upstream import Answer, item, mirror, no_waiting, paged, policy, upstream
from tests.local_server import Reply, Request, as_json
from tests.registry import Registry

__all__ = ["no_waiting"]
pytestmark = pytest.mark.usefixtures("no_waiting")
Capture = pytest.CaptureFixture[str]


def endless(request: Request) -> Reply:
    """Always another cursor, and the same item."""
    number = int(request.query.get("cursor", "0")) + 1
    return as_json({"servers": [item()], "metadata": {"nextCursor": str(number)}})


def empty(request: Request) -> Reply:
    """Always another cursor, and nothing."""
    number = int(request.query.get("cursor", "0")) + 1
    return as_json({"servers": [], "metadata": {"nextCursor": str(number)}})


def always_new(request: Request) -> Reply:
    """Always another cursor, and another item."""
    number = int(request.query.get("cursor", "0")) + 1
    body = {"servers": [item(version=f"{number}.0.0")], "metadata": {"nextCursor": str(number)}}
    return as_json(body)


def circle(request: Request) -> Reply:
    return as_json({"servers": [item()], "metadata": {"nextCursor": "again"}})


def redirects(request: Request) -> Reply:
    return Reply(status=302, headers={"Location": request.target})


@pytest.mark.parametrize("answer", [endless, empty, always_new, circle, redirects])
def test_a_list_without_an_end_is_left(answer: Any, registry: Registry, capsys: Capture) -> None:
    policy(registry, "limits: {pages: 20}")
    with upstream(answer) as server:
        assert mirror(registry.root, server) == 2
        assert len(server.requests) < 40
    printed = capsys.readouterr().err
    require_one_line(2, printed)
    assert "goes on from there" not in printed
    assert not (registry.root / "servers").exists()


def test_a_list_that_went_in_circles_hides_nothing_once_it_is_mended(registry: Registry) -> None:
    names = [f"com.a/n{number}" for number in range(4)]
    whole = paged([[item(name)] for name in names])

    def leads_too_far(request: Request) -> Reply:
        return as_json({"servers": [item(names[0])], "metadata": {"nextCursor": "3"}})

    answers: list[Answer] = [leads_too_far]
    with upstream(lambda request: answers[0](request)) as server:
        assert mirror(registry.root, server) == 2
        answers[:] = [whole]
        assert mirror(registry.root, server) == 0
    assert {path.parent.name for path in registry.root.glob("servers/*/*/*.json")} == {
        name.partition("/")[2] for name in names
    }


NO_METADATA: list[Any] = [
    [],
    7,
    "x",
    {"nextCursor": 7},
    {"nextCursor": ["a"]},
    {"nextCursor": {}},
    {"nextCursor": True},
    {"nextCursor": "\ud800"},
    {"nextCursor": "x" * 100_000},
]
NO_LIST: list[Any] = [[], 7, None, "x", {}, {"servers": {}}, {"servers": None}, {"servers": 10**30}]
LIES = [*({"servers": [item()], "metadata": metadata} for metadata in NO_METADATA), *NO_LIST]


@pytest.mark.parametrize("body", LIES, ids=lambda value: str(value)[:40].encode("ascii", "replace").decode())  # fmt: skip
def test_a_list_of_no_known_form_is_one_line(
    body: Any, registry: Registry, capsys: Capture
) -> None:
    with upstream(lambda _: as_json(body)) as server:
        assert mirror(registry.root, server) == 2
    require_one_line(2, capsys.readouterr().err)
    assert not (registry.root / "servers").exists()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<h1>Hello</h1>", headers={"Content-Type": "text/html"}),
        Reply(b"", status=500),
        Reply(b"", status=429, headers={"Retry-After": "99999"}),
        Reply(b"[" * 100_000),
        Reply(b'{"servers": ' + b"9" * 5000 + b"}"),
        Reply(b"\xff\xfe"),
        Reply(b"x", headers={"Content-Encoding": "br"}),
        Reply(b"x", headers={"Content-Encoding": "zstd"}),
        Reply(b"{}", status=302, headers={"Location": "http://[/"}),
        Reply(b"{}", status=302, headers={"Location": "file:///etc/passwd"}),
        Reply(b"{}", status=404),
    ],
    ids=range(11),
)
def test_answers_that_are_no_list_are_one_line(
    reply: Reply, registry: Registry, capsys: Capture
) -> None:
    with upstream(lambda _: reply) as server:
        assert mirror(registry.root, server) == 2
    require_one_line(2, capsys.readouterr().err)


FIELDS: list[Any] = [None, 7, 10**30, "", "\ud800", "x" * 70_000, [], {}, [[]], 1e308, True]


@pytest.mark.parametrize("value", FIELDS, ids=range(len(FIELDS)))
def test_a_lie_in_any_field_hurts_nothing_else_and_builds(value: Any, registry: Registry) -> None:
    lying = []
    for number, path in enumerate(_paths(item(packages=[{"registryType": "npm"}]))):
        lie = item(f"com.lies/n{number}", packages=[{"registryType": "npm"}])
        _put(lie, path, value)
        lying.append(lie)
    with upstream(paged([[item("com.a/good")], lying, [item("com.z/good")]])) as server:
        assert mirror(registry.root, server, "--commit") == 0
        commit = registry.git("rev-parse", "HEAD")
        assert mirror(registry.root, server, "--full", "--commit") == 0
        assert registry.git("rev-parse", "HEAD") == commit
    names = {version.name for version in registry.load().catalogue.versions()}
    assert {"com.a/good", "com.z/good"} <= names


def _paths(value: Any) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [(key, *rest) for key, member in value.items() for rest in [(), *_paths(member)]]
    return []


def _put(value: Any, path: tuple[Any, ...], lie: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = lie


def test_a_dump_that_is_a_bomb_is_one_line(registry: Registry, capsys: Capture) -> None:
    import gzip

    from builder import cli

    policy(registry, "limits: {dump_megabytes: 1}")
    dump = registry.root / "dump.gz"
    dump.write_bytes(gzip.compress(json.dumps([item()]).encode() + b" " * (8 << 20)))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(dump)]) == 2
    assert "more than 1,048,576 bytes" in capsys.readouterr().err
