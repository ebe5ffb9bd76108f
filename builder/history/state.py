"""Where a replay of history stands: all that a later one needs to go on from there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from builder.catalogue.change_log import Log
from builder.catalogue.server import BlockedServer, Server, Version
from builder.history.grants import Grants
from builder.history.latest import newest_first
from builder.history.lifecycle import Sidecars
from builder.history.overlays import PatternOverlays
from builder.history.records import Shelf
from builder.history.renames import Renames
from builder.history.statuses import Statuses
from builder.policy.blocks import Blocks


@dataclass(slots=True)
class State:
    """The commit that was replayed last, and everything up to it.

    `time` is that of the last change, or of the commit if it changed nothing: nanoseconds since
    1970. `renames` are what servers say of their names, `patterns` are the overlays by pattern, `blocks`
    those of the last blocks.yaml that could be read, `grants` what the last such registry.yaml
    grants, `statuses` the digest of what there is. `sidecars` are those that were read on the way:
    their contents are in `servers` already.
    """

    commit: str = ""
    time: int = 0
    servers: Shelf = field(default_factory=Shelf)
    events: Log = field(default_factory=Log)
    patterns: PatternOverlays = field(default_factory=PatternOverlays)
    blocks: Blocks = field(default_factory=Blocks)
    grants: Grants = field(default_factory=Grants)
    renames: Renames = field(default_factory=Renames)
    statuses: Statuses = field(default_factory=Statuses)
    sidecars: dict[str, Sidecars] = field(default_factory=dict, compare=False, repr=False)

    def catalogue_servers(self) -> tuple[Server, ...]:
        """The servers of the state, by name, each with its newest version first."""
        counts = self.servers.counts()
        return tuple(self._server(name, counts[name]) for name in sorted(counts) if counts[name])

    def blocked_servers(self) -> list[BlockedServer]:
        """Return what the registry blocks, as it would be shown: by name, and names that are not here."""
        hidden = [
            BlockedServer(name=name, versions=tuple(self.servers[name].hidden.values()))
            for name in sorted(self.servers)
            if self.servers.is_blocked(name)
        ]
        names = dict.fromkeys(block.name for block in self.blocks.of_whole_servers(self.time))
        absent = [name for name in names if name not in self.servers]
        return [*hidden, *(BlockedServer(name=name) for name in sorted(absent))]

    def server(self, name: str) -> Server:
        """One server of the state, with its newest version first."""
        return self._server(name, self.servers.count(name))

    def _server(self, name: str, count: int) -> Server:
        if self.servers.is_read(name):
            return Server.of(name, self._newest_first(name))
        return Server(name=name, count=count, load=partial(self._newest_first, name))

    def _newest_first(self, name: str) -> tuple[Version, ...]:
        return newest_first(self.servers[name].versions.values())
