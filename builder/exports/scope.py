"""What an export is about: the servers of the registry, of a collection or of a team, and their versions.

Where the registry approves versions of a server, these count; of a server in a collection that has
no approval, every version that is shown. The whole registry's exports hold what is approved, or
with `exports: {servers: all}` everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import BreaksSchema, Catalogue
from builder.catalogue.server import Server, Version
from builder.install import Client
from builder.install.starts import Start, starts
from builder.model.config import Config
from builder.model.server_json import Document

ALL = "all"
"""The scope of the whole registry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that an allow-list cannot hold: a way to start or reach a version, and why."""

    name: str
    version: str
    target: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SelectedServer:
    """A server of an export, and those of its versions that are in it, the newest first.

    Of a name that is blocked before there is such a server nothing `is_known`.
    """

    name: str
    versions: tuple[Version, ...]
    is_known: bool = True

    @cached_property
    def documents(self) -> tuple[tuple[Version, dict[str, Any]], ...]:
        """The versions, each with its document."""
        return tuple((version, version.content()) for version in self.versions)

    @cached_property
    def _starts(self) -> dict[tuple[str, ...], tuple[tuple[Version, Start], ...]]:
        return {}

    def starts(self, clients: Sequence[Client]) -> tuple[tuple[Version, Start], ...]:
        """Return how these clients start and reach each version: several files are made of it."""
        key = tuple(client.id for client in clients)
        if key not in self._starts:
            self._starts[key] = tuple(
                (version, start)
                for version, document in self.documents
                for start in starts(self.name, document, clients)
            )
        return self._starts[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestVersion:
    """The newest version of a server in an export, and whether it breaks the current schema."""

    name: str
    version: str
    document: Document
    breaks_schema: bool


@dataclass(frozen=True, kw_only=True)
class ExportScope:
    """What one set of exports holds: `allowed` servers, and versions that are `denied`.

    `path` is its folder below exports/; `gallery` is the address of the registry that has just
    these servers, "" if there is none; `time` is that of the catalogue, in nanoseconds since 1970;
    `breaks_schema` judges documents.
    """

    path: str
    title: str
    gallery: str
    time: int
    allowed: tuple[SelectedServer, ...]
    denied: tuple[SelectedServer, ...]
    breaks_schema: BreaksSchema = field(compare=False, repr=False)

    @cached_property
    def newest(self) -> tuple[NewestVersion, ...]:
        """The newest version of each server that is allowed."""
        return tuple(self._newest(server) for server in self.allowed)

    def _newest(self, server: SelectedServer) -> NewestVersion:
        version, document = server.documents[0]
        return NewestVersion(
            name=server.name,
            version=version.version,
            document=document,
            breaks_schema=self.breaks_schema(version.document),
        )

    @cached_property
    def inputs(self) -> list[object]:
        """What decides the content of its files but its time, the settings and the builder: plain JSON."""
        return [self.path, self.title, self.gallery, *map(_inputs, (self.allowed, self.denied))]

    @property
    def names(self) -> frozenset[str]:
        """The names of the servers in it, allowed or denied."""
        return frozenset(server.name for server in (*self.allowed, *self.denied))


def _inputs(servers: Iterable[SelectedServer]) -> list[object]:
    return [
        [
            server.name,
            server.is_known,
            [[version.version, version.blob] for version in server.versions],
        ]
        for server in servers
    ]


def scopes(catalogue: Catalogue, config: Config) -> Iterator[ExportScope]:
    """Yield the scopes of a registry that hold anything: its own, collections, teams."""
    marks = by_server(catalogue, "export", _marks)
    denied: tuple[SelectedServer, ...] | None = None
    for path, title, gallery, names in _named(catalogue, config, marks):
        allowed = tuple(_allowed(catalogue.by_name, names))
        if allowed:
            denied = _denied(catalogue, marks) if denied is None else denied
            yield ExportScope(
                path=path,
                title=title,
                gallery=gallery,
                time=catalogue.time,
                allowed=allowed,
                denied=denied,
                breaks_schema=catalogue.breaks_schema,
            )


def _denied(catalogue: Catalogue, marks: Mapping[str, list[str]]) -> tuple[SelectedServer, ...]:
    """Return what the registry blocks, and versions that are deleted."""
    deleted = (
        _selected(server, (version for version in server.versions if _is_withdrawn(version)))
        for server in catalogue.servers
        if "denied" in marks[server.name]
    )
    blocked = (
        SelectedServer(name=server.name, versions=server.versions, is_known=bool(server.versions))
        for server in catalogue.blocked()
    )
    return (*blocked, *(server for server in deleted if server.versions))


def _is_withdrawn(version: Version) -> bool:
    # A tombstone has no blob: nothing is left in it of what it started.
    return not version.visible and bool(version.blob)


def _marks(server: Server) -> list[str]:
    """Return what exports must know of a server before they read it."""
    approved = any("approved" in version.registry_word() for version in server.visible)
    denied = len(server.visible) < server.count
    return [word for word, holds in (("approved", approved), ("denied", denied)) if holds]


def _named(
    catalogue: Catalogue, config: Config, marks: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    everything = config.exports.servers == "all"
    own = [name for name, words in marks.items() if everything or "approved" in words]
    yield ALL, config.title, config.base_url, own
    collections = catalogue.collections
    for slug, collection in collections.items():
        gallery = f"{config.base_url}/collections/{slug}"
        yield f"collections/{slug}", collection.title, gallery, collection.servers
    for team in config.exports.teams:
        listed = [collections[slug] for slug in team.collections if slug in collections]
        names = dict.fromkeys(name for collection in listed for name in collection.servers)
        is_one = len(team.collections) == 1
        gallery = f"{config.base_url}/collections/{team.collections[0]}" if is_one else ""
        yield f"teams/{team.name}", f"Team {team.name}", gallery, names


def _allowed(servers: Mapping[str, Server], names: Iterable[str]) -> Iterator[SelectedServer]:
    for name in names:
        server = servers.get(name)
        if server is None:
            continue
        approvals = [version.registry_word().get("approved") for version in server.visible]
        is_limited = any(approval is not None for approval in approvals)
        chosen = [
            version
            for version, approval in zip(server.visible, approvals, strict=True)
            if approval or not is_limited
        ]
        if chosen:
            yield _selected(server, chosen)


def _selected(server: Server, versions: Iterable[Version]) -> SelectedServer:
    return SelectedServer(name=server.name, versions=tuple(versions))
