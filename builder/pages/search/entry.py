"""A server as search sees it: its row, its terms, and what it can be filtered by."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from builder.catalogue.by_server import by_server, changed_by_server
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
    facets: Sequence[str]
    identity: Sequence[str]


def entries(catalogue: Catalogue) -> list[SearchEntry | None]:
    """Return every server by its number, in order of first appearance; None where nothing is to be shown."""
    return [entry for *_, entry in catalogue.derived(in_order)]


Numbered = tuple[int, str, SearchEntry | None]
"""When a server appeared, its name, and its entry."""


def _all_in_order(catalogue: Catalogue) -> list[Numbered]:
    rows = catalogue.derived(rows_by_server)
    found = by_server(catalogue, _SEARCH, partial(_made, rows))
    return sorted((_numbered(rows, name, made) for name, made in found.items()), key=_place)


def _renewed_order(
    last: list[Numbered], catalogue: Catalogue, changed: frozenset[str]
) -> list[Numbered]:
    rows = catalogue.derived(rows_by_server)
    now = changed_by_server(catalogue, _SEARCH, partial(_made, rows))
    order = [server for server in last if server[1] not in changed]
    for name, made in now.items():
        insort(order, _numbered(rows, name, made), key=_place)
    return order


in_order = Renewable(_all_in_order, _renewed_order)
"""Every server in order of first appearance; `catalogue.derived` makes it once."""


def _numbered(rows: Mapping[str, ServerRow | None], name: str, made: Sequence[Any]) -> Numbered:
    first, *rest = made
    row = rows[name]
    return first, name, SearchEntry(row, *rest) if row else None


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
