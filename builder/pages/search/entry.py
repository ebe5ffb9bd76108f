"""A server as search sees it: its row, its terms, and what it can be filtered by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from builder.catalogue.by_server import by_server, earlier_values
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model.facts import Facts
from builder.pages.html.row import ServerRow, rows_by_server
from builder.pages.html.text import clean, objects
from builder.pages.prior import prior
from builder.pages.search.exact import exact_terms
from builder.pages.search.fields import impacts, written
from builder.pages.search.identity import identities

_KIND = "search"
_TERMS = slice(1, 3)


class SearchEntry(NamedTuple):
    """One server. `terms` are parted by spaces, each with its number in `impacts`; `words` are written
    as in its texts; `facets` are `group:value`; `identity` says which servers are the same.
    """

    row: ServerRow
    terms: str
    impacts: Sequence[int]
    words: str
    prior: int
    facets: Sequence[str]
    identity: Sequence[str]


def entries(catalogue: Catalogue) -> list[SearchEntry | None]:
    """Return every server by its number, in order of first appearance; None where nothing is to be shown."""
    rows, order = catalogue.derived(rows_by_server), catalogue.derived(_in_order)
    return [SearchEntry(row, *made) if (row := rows[name]) else None for name, (_, *made) in order]


Changes = Mapping[str, Mapping[int, int | None]]
"""For each term that has changed the servers in which, each with its impact now: None for none."""


def changed_terms(catalogue: Catalogue) -> Changes | None:
    """Return which terms of which servers are not what the last build had; None where all may be.

    They may be where a server has another number than it had.
    """
    before = earlier_values(catalogue, _KIND)
    if before is None:
        return None
    order = catalogue.derived(_in_order)
    numbers = {name: number for number, (name, _) in enumerate(order)}
    first_new = len(order) - sum(was is None for was in before.values())
    changes: dict[str, dict[int, int | None]] = defaultdict(dict)
    for name, was in before.items():
        number = numbers.get(name)
        if number is None:
            return None
        now = order[number][1]
        if number < first_new if was is None else was[0] != now[0]:
            return None
        old, new = _impacts(was or ()), _impacts(now)
        for term in old.keys() | new.keys():
            if old.get(term) != new.get(term):
                changes[term][number] = new.get(term)
    return changes


def _in_order(catalogue: Catalogue) -> list[tuple[str, Sequence[Any]]]:
    """Return what is kept of each server, with its name, in order of first appearance."""
    rows = catalogue.derived(rows_by_server)
    found = by_server(catalogue, _KIND, partial(_made, rows))
    return sorted(found.items(), key=lambda item: (item[1][0], item[0]))


def _impacts(made: Sequence[Any]) -> Mapping[str, int]:
    """Return the terms of what `_made` has made, each with its impact."""
    if len(made) < _TERMS.stop:
        return {}
    terms, impacts = made[_TERMS]
    return dict(zip(terms.split(" "), impacts, strict=True))


def _made(rows: Mapping[str, ServerRow | None], server: Server) -> Sequence[Any]:
    """Return when a server appeared, and if it is shown the rest of its entry but the row."""
    first = min(version.published for version in server.versions)
    row, latest = rows[server.name], server.latest
    if row is None or latest is None:
        return (first,)
    content = latest.content()
    word = latest.registry_word()
    added = [*map(clean, (word.get("title"), word.get("summary"))), *row.tags]
    known = latest.known_facts()
    weights = impacts(row.name, content, row.topics, added, known.tools) | exact_terms(
        row.name, content
    )
    terms = {term: impact for term, impact in weights.items() if term and " " not in term}
    return (
        first,
        " ".join(terms),
        [*terms.values()],
        " ".join(written(row.name, content)),
        prior(row.caution, content, len(server.visible), row.deprecated, word),
        [*_facets(row, content), *_answers(known)],
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
