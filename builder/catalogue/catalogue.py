"""The catalogue: every server and version that is published, sorted, and the log of all changes.

It is all that pages are made from. history/ makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from builder.cache.memo import Memo
from builder.catalogue.change_log import Log
from builder.catalogue.server import BlockedServer, Server, Version
from builder.model.collection import CollectionFile
from builder.model.sidecars import Namespace

Derived = TypeVar("Derived")
BreaksSchema = Callable[[bytes], bool]
"""Whether a document breaks the current schema."""


def _unchecked(_document: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a process that stays has made of the catalogue that it built last.

    `values` are by the functions that made them; `changed` are the names of servers that came, went
    or have another hash since. With `same_names` none came or went.
    """

    values: Mapping[Any, Any]
    changed: frozenset[str]
    same_names: bool


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The whole registry at one commit.

    `servers` are in byte order of their names; `events` is the full change log; `time` is that of
    its last change, nanoseconds since 1970. `collections` are by slug, in byte order; `origins` are
    the files of the logs of registries mirrored, by path; `blocked` reads what the registry blocks,
    when it is asked for; `breaks_schema` judges documents; `icons` read the files of icons, by
    their names. `memo` has results of the last build, `earlier` what this process made by it.
    """

    commit: str
    time: int
    servers: tuple[Server, ...]
    events: Log = field(default_factory=Log)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    collections: Mapping[str, CollectionFile] = field(default_factory=dict)
    origins: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    blocked: Callable[[], Sequence[BlockedServer]] = field(default=tuple, compare=False, repr=False)
    breaks_schema: BreaksSchema = field(default=_unchecked, compare=False, repr=False)
    icons: Mapping[str, Callable[[], bytes]] = field(
        default_factory=dict, compare=False, repr=False
    )
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)
    earlier: Earlier | None = field(default=None, compare=False, repr=False)
    _derived: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def derived(self, make: Callable[[Catalogue], Derived]) -> Derived:
        """Return what a function makes of this catalogue; it is called once, whoever asks."""
        if make not in self._derived:
            self._derived[make] = make(self)
        made: Derived = self._derived[make]
        return made

    def with_derived(self, make: Callable[[Catalogue], Derived], made: Derived) -> Catalogue:
        """Return this catalogue, and what was derived of it, with what a function would make of it."""
        catalogue = replace(self)
        catalogue._derived.update(self._derived)
        catalogue._derived[make] = made
        return catalogue

    def with_earlier(self, earlier: Earlier) -> Catalogue:
        """Return this catalogue, and what was derived of it, on top of an earlier one."""
        catalogue = replace(self, earlier=earlier)
        catalogue._derived.update(self._derived)
        return catalogue

    @property
    def by_name(self) -> Mapping[str, Server]:
        """Servers by their names."""
        return self.derived(_by_name)

    @cached_property
    def latest(self) -> tuple[Version, ...]:
        """The latest version of every server that default reads show, by name."""
        latest = (server.latest for server in self.servers)
        return tuple(version for version in latest if version is not None)

    def versions(self) -> Iterator[Version]:
        """Yield every version, deleted ones included, by name and version in byte order."""
        for server in self.servers:
            yield from sorted(server.versions, key=lambda version: version.version)

    def renewable(self) -> Mapping[Any, Any]:
        """Return what was derived by functions that can bring it up to the next catalogue.

        What of an earlier catalogue nobody has asked for is brought up now: the next one may need it.
        """
        for make in self.earlier.values if self.earlier else ():
            self.derived(make)
        return {make: made for make, made in self._derived.items() if isinstance(make, Renewable)}


def _by_name(catalogue: Catalogue) -> Mapping[str, Server]:
    return {server.name: server for server in catalogue.servers}


@dataclass(frozen=True, slots=True, eq=False)
class Renewable(Generic[Derived]):
    """A function for `Catalogue.derived` whose last value can be brought up to the next catalogue.

    To make a table of 30,000 servers takes as long whatever has changed, to bring it up takes what
    has changed. It follows from the servers and their namespaces alone. `renew` is given the last
    value, which it leaves as it is, and returns what `make` would.
    """

    make: Callable[[Catalogue], Derived]
    renew: Callable[[Derived, Catalogue, frozenset[str]], Derived]

    def __call__(self, catalogue: Catalogue) -> Derived:
        """Return what `make` makes of a catalogue."""
        earlier = catalogue.earlier
        if earlier is None or self not in earlier.values:
            return self.make(catalogue)
        return self.renew(earlier.values[self], catalogue, earlier.changed)
