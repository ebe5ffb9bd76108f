"""A server is the same whether its versions are read already or when they are asked for."""

from __future__ import annotations

import pickle
from dataclasses import replace

import orjson

from builder.catalogue.server import Server, Version
from builder.model.server_json import OFFICIAL
from builder.model.sidecars import Status
from builder.model.timestamp import SECOND

VERSION = Version(
    name="com.example/a",
    version="1.0.0",
    document=b"{}",
    blob="",
    status=Status.ACTIVE,
    status_message="",
    published=1,
    status_changed=1,
    updated=1,
    is_latest=True,
)


def test_versions_are_read_once_and_only_when_they_are_asked_for() -> None:
    reads = []

    def load() -> tuple[Version, ...]:
        reads.append("read")
        return (VERSION,)

    server = Server(name="com.example/a", count=1, load=load)
    assert (server.count, server.namespace, reads) == (1, "com.example", [])
    assert server.versions == server.visible == (VERSION,)
    assert reads == ["read"]


def test_a_late_server_equals_one_that_is_read_and_travels_as_one() -> None:
    late = Server(name="com.example/a", count=1, load=lambda: (VERSION,))
    read = Server.of("com.example/a", (VERSION,))
    assert late == read and hash(late) == hash(read)
    assert pickle.loads(pickle.dumps(late)) == read
    assert replace(late, name="com.example/b") == Server.of("com.example/b", (VERSION,))


def test_what_the_registry_says_stands_in_the_order_of_the_official_api() -> None:
    times = {"published": 1, "status_changed": SECOND, "updated": 3600 * SECOND + 500_000_000}
    moved = VERSION.replaced(
        **times,
        status=Status.DEPRECATED,
        status_message='say "so" \\ \n\x00 é',
        is_latest=False,
        document=b'{"name":1}',
        meta=b'{"a":1e400}',
    )
    block = {
        "status": "deprecated",
        "statusChangedAt": "1970-01-01T00:00:01Z",
        "statusMessage": moved.status_message,
        "publishedAt": "1970-01-01T00:00:00.000000001Z",
        "updatedAt": "1970-01-01T01:00:00.5Z",
        "isLatest": False,
    }
    assert moved.official() == orjson.dumps(block).decode()
    first, second = moved.item_halves("org")
    assert first == b'{"server":{"name":1},"_meta":{"%b":%b' % (
        OFFICIAL.encode(),
        orjson.dumps(block),
    )
    assert second == b',"a":1e400}}'
    assert moved.item("org") == first + second
    assert "statusMessage" not in orjson.loads(VERSION.official())
