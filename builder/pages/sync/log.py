"""The change log as a Merkle tree in tiles, so that anybody can prove what was published.

Below `log/`: the tiles and bundles of https://c2sp.org/tlog-tiles, `tree` (the checkpoint before
it is signed: `seal` makes `checkpoint` of it), and `lookup/`, which finds the newest entry of a
version by its name in one small file. The tree's leaves are the events in their order and, after
each commit that changed it, what the registry then held (trust/leaf.py).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from builder.cache.memo import Memo
from builder.catalogue import change_log, fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.change_log import Log
from builder.catalogue.server import Event, Server
from builder.model import timestamp
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.api.servers import extension
from builder.pages.sync.compressed import member
from builder.trust import checkpoint, flat, leaf, lookup, tiles
from builder.trust.checkpoint import TreeHead
from builder.trust.tiles import WIDTH


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The tiles of the tree, its bundles of entries, its head, and the lookup files."""
    folder = f"{extension(config)}/log"
    growth = _grown(catalogue.events, config.extension_namespace, catalogue.memo)
    yield from _bundles(growth, folder)
    yield from _leaf_tiles(growth, folder)
    for path, body in flat.tiles(growth.full_roots, level=1):
        yield Page(f"{folder}/{path}", body)
    yield Page(f"{folder}/tree", _head(growth, config).text.encode())
    yield from _lookups(catalogue, folder)


@dataclass(slots=True)
class _Growth:
    """A tree as it grows: the root of every full tile of leaves, and the event it starts with.

    `starts` has one more: that of the tile which is not full yet, whose leaves are `last`.
    `full` are the leaves of the full tiles that were made just now, by their number, `full_tiles`
    are those tiles.
    """

    events: Log
    extension: str
    roots: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    last: list[bytes] = field(default_factory=list)
    full: dict[int, list[bytes]] = field(default_factory=dict)
    full_tiles: dict[int, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.roots) * WIDTH + len(self.last)

    @property
    def full_roots(self) -> bytes:
        return bytes.fromhex("".join(self.roots))

    @property
    def last_hashes(self) -> bytes:
        return flat.leaf_hashes(self.last)

    def follow(self, start: int, stop: int) -> None:
        """Take in the events [start, stop)."""
        for position, event in enumerate(self.events[start:stop], start):
            for body in leaves(event, self.extension):
                self.last.append(body)
                if len(self.last) == WIDTH:
                    self._complete(position, event)

    def _complete(self, position: int, event: Event) -> None:
        hashes = self.last_hashes
        self.full[len(self.roots)] = self.last
        self.full_tiles[len(self.roots)] = hashes
        self.roots.append(flat.root(hashes).hex())
        self.last = []
        # The next tile may begin with the state that follows the event.
        splits = event.state and event.version.logged.number + 1 == len(self.roots) * WIDTH
        self.starts.append(position if splits else position + 1)

    def entries(self, number: int) -> list[bytes]:
        """Return the leaves of a tile, made anew if need be."""
        if number == len(self.roots):
            return self.last
        if number not in self.full:
            self.full[number] = self._remade(number)
        return self.full[number]

    def _remade(self, number: int) -> list[bytes]:
        events = self.events[self.starts[number] : self.starts[number + 1] + 1]
        made = [body for event in events for body in leaves(event, self.extension)]
        skipped = number * WIDTH - events[0].version.logged.number
        return made[skipped : skipped + WIDTH]


def leaves(event: Event, namespace: str) -> tuple[bytes, ...]:
    """Return the leaf of an event and, if the registry's state is known after it, that of the state."""
    version, time = event.version, timestamp.render(event.time)
    own = leaf.event(
        sequence=event.sequence,
        time=time,
        kind=event.kind.value,
        name=version.name,
        version=version.version,
        sha256=hashlib.sha256(version.item(namespace)).hexdigest(),
    )
    if not event.state:
        return (own,)
    return own, leaf.state(sequence=event.sequence, time=time, sha256=event.state)


def _grown(events: Log, namespace: str, memo: Memo) -> _Growth:
    """Go on from the tree as it was after the last whole block of events."""
    stop = len(events) // change_log.LENGTH * change_log.LENGTH
    before = max(0, stop - change_log.LENGTH)
    grown: list[_Growth] = []

    def make() -> list[Any]:
        known = memo.previous_value("tree", events.fingerprint(0, before))
        growth = _resumed(events, namespace, known, before if known else 0)
        growth.follow(before if known else 0, stop)
        grown.append(growth)
        return [growth.roots, growth.starts]

    columns = memo.value("tree", events.fingerprint(0, stop), make)
    growth = grown[0] if grown else _resumed(events, namespace, columns, stop)
    # What is in the memo must not grow with it.
    growth.roots, growth.starts = [*growth.roots], [*growth.starts]
    growth.follow(stop, len(events))
    return growth


def _resumed(events: Log, namespace: str, columns: list[Any] | None, stop: int) -> _Growth:
    """Return the tree of the events [0, stop) from its full tiles."""
    if columns is None:
        return _Growth(events, namespace)
    roots, starts = columns
    growth = _Growth(events, namespace, [*roots], [*starts])
    made = [body for event in events[starts[-1] : stop] for body in leaves(event, namespace)]
    if made:
        first = events[starts[-1]].version.logged.number
        growth.last = made[len(roots) * WIDTH - first :]
    return growth


def _bundles(growth: _Growth, folder: str) -> Iterator[Page]:
    for number, root in enumerate(growth.roots):
        path = f"{folder}/{tiles.bundle_path(number)}"
        yield Page(path, partial(_bundle, growth, number), root)
    if growth.last:
        path = tiles.bundle_path(len(growth.roots), len(growth.last))
        yield Page(f"{folder}/{path}", tiles.bundle(growth.last))


def _leaf_tiles(growth: _Growth, folder: str) -> Iterator[Page]:
    for number, root in enumerate(growth.roots):
        path = f"{folder}/{tiles.tile_path(0, number)}"
        yield Page(path, partial(_leaf_tile, growth, number), root)
    if growth.last:
        path = tiles.tile_path(0, len(growth.roots), len(growth.last))
        yield Page(f"{folder}/{path}", growth.last_hashes)


def _bundle(growth: _Growth, number: int) -> bytes:
    return tiles.bundle(growth.entries(number))


def _leaf_tile(growth: _Growth, number: int) -> bytes:
    made = growth.full_tiles.get(number)
    return made or flat.leaf_hashes(growth.entries(number))


def _head(growth: _Growth, config: Config) -> TreeHead:
    # Tiles are full trees of 256 leaves: the tree over their roots goes on above them.
    last = flat.root(growth.last_hashes) if growth.last else b""
    return TreeHead(
        origin=checkpoint.origin_of(config.base_url),
        size=growth.size,
        root=flat.root(growth.full_roots + last),
    )


def _lookups(catalogue: Catalogue, folder: str) -> Iterator[Page]:
    groups: dict[int, list[str]] = defaultdict(list)
    for name in catalogue.by_name:
        groups[lookup.group_of(name)].append(name)
    hashes = catalogue.derived(fingerprint.servers)
    for group, names in groups.items():
        path = f"{folder}/{lookup.group_path(group)}"
        inputs = fingerprint.of(["".join([hashes[name] for name in names])])
        yield Page(path, partial(_lookup, catalogue, names), inputs)


def _lookup(catalogue: Catalogue, names: list[str]) -> bytes:
    return member(orjson.dumps({name: _entries(catalogue.by_name[name]) for name in names}))


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
