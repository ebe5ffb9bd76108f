"""A server as search sees it: its row, its terms, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from builder.catalogue.by_server import changed_by_server, each_run
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.server import Server
from builder.model.facts import Facts
from builder.pages.html.row import ServerRow, rows_by_server
from builder.pages.html.text import clean, objects
from builder.pages.prior import prior
from builder.pages.search.identity import identities

_SEARCH = "search"


class SearchEntry(NamedTuple):
    """One server. `facets` are `group:value`; `identity` says which servers are the same."""

    row: ServerRow
    prior: int
    facets: tuple[str, ...]
    identity: tuple[str, ...]


Numbered = tuple[int, str, SearchEntry | None]
"""When a server appeared, its name, and its entry; None where nothing is to be shown."""


class Numbering(NamedTuple):
    """Every server by its number, in order of first appearance, and the number of each by its name.

    `changed` are the numbers at which the catalogue before had something else or nothing, None
    where that may be all of them.
    """

    servers: Sequence[Numbered]
    numbers: Mapping[str, int]
    changed: frozenset[int] | None = None


def entries(catalogue: Catalogue) -> list[SearchEntry | None]:
    """Return every server by its number; None where nothing is to be shown."""
    return catalogue.derived(_entries)


def _entries(catalogue: Catalogue) -> list[SearchEntry | None]:
    return [*map(itemgetter(2), catalogue.derived(numbering).servers)]


def _all_numbered(catalogue: Catalogue) -> Numbering:
    rows = catalogue.derived(rows_by_server)
    runs = each_run(catalogue, _SEARCH, partial(_made, rows))
    return _in_order(_numbered(rows, name, made) for run in runs for name, made in run.items())


def _renewed_numbering(last: Numbering, catalogue: Catalogue, changed: frozenset[str]) -> Numbering:
    rows = catalogue.derived(rows_by_server)
    made = changed_by_server(catalogue, _SEARCH, partial(_made, rows))
    now = sorted((_numbered(rows, name, value) for name, value in made.items()), key=_place)
    if not _all_stay(last, changed, now):
        others = (server for server in last.servers if server[1] not in changed)
        return _in_order(chain(others, now))
    new = [server for server in now if server[1] not in last.numbers]
    servers, numbers = [*last.servers, *new], {**last.numbers}
    numbers |= {name: number for number, (_, name, _) in enumerate(new, len(last.servers))}
    for server in now:
        servers[numbers[server[1]]] = server
    return Numbering(servers, numbers, frozenset(numbers[name] for _, name, _ in now))


numbering = Renewable(_all_numbered, _renewed_numbering)
"""The numbers of all servers; `catalogue.derived` gives them once."""


def _in_order(servers: Iterable[Numbered]) -> Numbering:
    ordered = sorted(servers, key=_place)
    return Numbering(ordered, {name: number for number, (_, name, _) in enumerate(ordered)})


def _all_stay(last: Numbering, changed: frozenset[str], now: Sequence[Numbered]) -> bool:
    """Return whether all servers keep their numbers: none went, and new ones come after all others."""
    places = {name: last.servers[last.numbers[name]] for name in changed & last.numbers.keys()}
    after = last.servers[-1:]
    for server in now:
        before = places.pop(server[1], None)
        if before and _place(before) != _place(server):
            return False
        if not before and after and _place(server) < _place(after[0]):
            return False
    return not places


def _numbered(rows: Mapping[str, ServerRow | None], name: str, made: Sequence[Any]) -> Numbered:
    row = rows[name]
    if row is None:
        return made[0], name, None
    first, prior, facets, identity = made
    return first, name, SearchEntry(row, prior, interned(tuple(facets)), tuple(identity))


@lru_cache(maxsize=1 << 14)
def interned(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the equal texts that another server has, if any: of 30,000 sets of facets 2,000 are different."""
    return texts


def _place(server: Numbered) -> tuple[int, str]:
    return server[0], server[1]


def _made(rows: Mapping[str, ServerRow | None], server: Server) -> Sequence[Any]:
    """Return when a server appeared, and if it is shown the rest of its entry but the row."""
    first = min(version.published for version in server.versions)
    row, latest = rows[server.name], server.latest
    if row is None or latest is None:
        return (first,)
    content = latest.content()
    return (
        first,
        prior(
            row.caution,
            content,
            len(server.visible),
            row.deprecated,
            latest.registry_word(),
        ),
        [*_facets(row, content), *_answers(latest.known_facts())],
        [*identities(content)],
    )


def _facets(row: ServerRow, content: Mapping[str, Any]) -> Iterator[str]:
    packages, remotes = [*objects(content.get("packages"))], [*objects(content.get("remotes"))]
    yield f"status:{'deprecated' if row.deprecated else 'active'}"
    yield from (f"type:{kind}" for kind in row.kinds if kind != "remote")
    yield from ("where:local",) if packages else ()
    yield from ("where:remote",) if remotes else ()
    transports = [package.get("transport") for package in packages] + [*remotes]
    types = (clean(transport.get("type")) for transport in objects(transports))
    yield from (f"transport:{name}" for name in dict.fromkeys(types) if name)
    yield from (f"registry:{mark.lower()}" for mark in row.marks)
    yield from (f"tag:{tag}" for tag in row.tags)
    yield f"secrets:{'some' if _secret([*packages, *remotes]) else 'none'}"


def _answers(known: Facts) -> Iterator[str]:
    """The month in which a remote last answered, as the day is another one at each probe."""
    if known.remotes:
        yield f"answered:{known.answered[:7] or 'never'}"


def _secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("isSecret") is True or any(map(_secret, value.values()))
    return isinstance(value, list) and any(map(_secret, value))
