"""A server is the same whether its versions are read already or when they are asked for."""

from __future__ import annotations

import pickle
from dataclasses import replace

from builder.catalogue.server import Server, Version
from builder.model.sidecars import Status

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
