"""The files of `log/lookup/`, which say which entry of the log is the newest of a version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import orjson

from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model import timestamp
from builder.model.page import Page
from builder.runtime.deflate import gzip_member
from builder.trust import lookup


def pages(catalogue: Catalogue, folder: str) -> Iterator[Page]:
    """The file of each group of servers that has one."""
    hashes = catalogue.derived(fingerprint.servers)
    for group, names in lookup.by_group(catalogue.by_name).items():
        inputs = fingerprint.of(["".join([hashes[name] for name in names])])
        body = partial(_body, catalogue, names)
        yield Page(f"{folder}/{lookup.group_path(group)}", body, inputs)


def _body(catalogue: Catalogue, names: Iterable[str]) -> bytes:
    return gzip_member(orjson.dumps({name: _entries(catalogue.by_name[name]) for name in names}))


def _entries(server: Server) -> dict[str, Any]:
    """The newest entry of each version of a server, in byte order of the versions."""
    versions = sorted(server.versions, key=lambda version: version.version)
    return {
        version.version: {
            "entry": version.logged.number,
            "sequence": version.logged.sequence,
            "time": timestamp.render(version.logged.time),
            "kind": version.logged.kind.value,
        }
        for version in versions
    }
