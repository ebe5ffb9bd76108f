"""The files of `log/lookup/`, which say which entry of the log is the newest of a version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import orjson

from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.server import Server
from builder.model import timestamp
from builder.model.page import Page
from builder.runtime.deflate import gzip_member
from builder.trust import lookup

_KIND = "lookup"
"""Values by the number of the group in hex: each server's hash, and what its file says of it."""


class _Group(NamedTuple):
    """The servers of a file, and one hash over all of them."""

    names: Sequence[str]
    inputs: str


def _all_groups(catalogue: Catalogue) -> dict[int, _Group]:
    hashes = catalogue.derived(fingerprint.servers)
    groups = lookup.by_group(catalogue.by_name)
    return {group: _with_inputs(names, hashes) for group, names in groups.items()}


def _renewed_groups(
    last: dict[int, _Group], catalogue: Catalogue, changed: frozenset[str]
) -> dict[int, _Group]:
    assert catalogue.earlier is not None
    if not catalogue.earlier.same_names:
        return _all_groups(catalogue)
    hashes = catalogue.derived(fingerprint.servers)
    touched = map(lookup.group_of, changed)
    return last | {group: _with_inputs(last[group].names, hashes) for group in touched}


_groups = Renewable(_all_groups, _renewed_groups)


def _with_inputs(names: Sequence[str], hashes: Mapping[str, str]) -> _Group:
    return _Group(names, fingerprint.of(["".join([hashes[name] for name in names])]))


def pages(catalogue: Catalogue, folder: str) -> Iterator[Page]:
    """The file of each group of servers that has one."""
    for group, (names, inputs) in catalogue.derived(_groups).items():
        key = f"{group:03x}"
        catalogue.memo.keep(_KIND, key)
        body = partial(_body, catalogue, key, names)
        yield Page(f"{folder}/{lookup.group_path(group)}", body, inputs)


def _body(catalogue: Catalogue, key: str, names: Iterable[str]) -> bytes:
    """Make a file; what it says of servers that are as they were is the last build's.

    The servers of a group stand far apart: to read them would read a run for each.
    """
    hashes, memo = catalogue.derived(fingerprint.servers), catalogue.memo
    earlier = memo.previous_value(_KIND, key) or {}
    rows = {
        name: earlier[name]
        if name in earlier and earlier[name][0] == hashes[name]
        else [hashes[name], _entries(catalogue.by_name[name])]
        for name in names
    }
    memo.renew(_KIND, key, rows)
    return gzip_member(orjson.dumps({name: entries for name, (_, entries) in rows.items()}))


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
