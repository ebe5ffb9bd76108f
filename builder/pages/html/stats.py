"""Statistics: how the registry grew and what is in it, drawn at build time, each with its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from markupsafe import Markup

from builder.catalogue.by_server import by_run
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server, Version
from builder.model import timestamp
from builder.model.config import Config
from builder.model.page import Page
from builder.model.server_json import schema_id
from builder.pages.html import chart
from builder.pages.html.environment import render
from builder.pages.html.row import kind_title, rows
from builder.pages.html.text import clean, objects

TOP = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A plot with what it is called and its table: head and rows, as text."""

    id: str
    title: str
    plot: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[str] = ()


class ServerFacts(NamedTuple):
    """What is counted of a server: the weeks in which its versions were published, the oldest
    first, how many of them are shown, and what its latest version is, if one is shown.
    """

    weeks: Sequence[str]
    visible: int
    kinds: Sequence[str] = ()
    places: Sequence[str] = ()
    transports: Sequence[str] = ()
    schemas: Sequence[str] = ()
    namespaces: Sequence[str] = ()


class Totals(NamedTuple):
    """What is counted of several servers: how often each word occurs, in the order of its first one.

    `weeks` are those of versions, `firsts` those of the first version of each server.
    """

    visible: int
    weeks: Mapping[str, int]
    firsts: Mapping[str, int]
    kinds: Mapping[str, int]
    places: Mapping[str, int]
    transports: Mapping[str, int]
    schemas: Mapping[str, int]
    namespaces: Mapping[str, int]


_NOTHING = Totals(0, {}, {}, {}, {}, {}, {}, {})


def visible_versions(catalogue: Catalogue) -> int:
    """Count the versions that default reads show."""
    return catalogue.derived(_totals).visible


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page of statistics."""
    totals, shown = catalogue.derived(_totals), rows(catalogue)
    servers, versions = len(shown), totals.visible
    figures = (
        ("Servers", servers),
        ("Versions", versions),
        ("Namespaces", len({row.namespace for row in shown})),
        ("Versions a server", round(versions / max(1, servers), 1)),
    )
    yield render(
        "stats.html",
        "stats",
        config,
        totals=[(title, f"{number:,}") for title, number in figures],
        figures=[_growth(totals), *_counts(totals)],
        commit=catalogue.commit[:12],
    )


def _totals(catalogue: Catalogue) -> Totals:
    """Count run by run: 30,000 servers are 250 runs, of which a build counts those that changed."""
    return _added(by_run(catalogue, "facts", _facts, _summed_up))


def _summed_up(values: Iterable[Sequence[Any]]) -> Sequence[Any]:
    return tuple(_added(_counted(ServerFacts(*facts)) for facts in values))


def _counted(facts: ServerFacts) -> Sequence[Any]:
    return facts.visible, *map(Counter, (facts.weeks, facts.weeks[:1], *facts[2:]))


def _added(parts: Iterable[Sequence[Any]]) -> Totals:
    visible, *columns = zip(_NOTHING, *parts, strict=True)
    return Totals(sum(visible), *map(_merged, columns))


def _merged(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    merged: dict[str, int] = {}
    for words in counts:
        for word, number in words.items():
            merged[word] = merged.get(word, 0) + number
    return merged


def _facts(server: Server) -> Sequence[Any]:
    weeks = sorted(_week(version.published) for version in server.versions)
    latest = _latest(server.latest) if server.latest else {}
    return tuple(ServerFacts(weeks=weeks, visible=len(server.visible), **latest))


def _latest(version: Version) -> dict[str, list[str]]:
    content = version.content()
    packages, remotes = [*objects(content.get("packages"))], [*objects(content.get("remotes"))]
    transports = objects([package.get("transport") for package in packages] + remotes)
    return {
        "kinds": sorted({clean(package.get("registryType")) for package in packages}),
        "places": [_PLACES[bool(packages), bool(remotes)]],
        "transports": sorted({clean(transport.get("type")) for transport in transports}),
        "schemas": [schema_id(content.get("$schema")) or "none"],
        "namespaces": [clean(version.namespace)],
    }


def _growth(counted: Totals) -> Figure:
    """Servers and versions over time, by week of publication: deleted ones have been there too."""
    weeks = [*_weeks(counted.weeks)]
    totals = [
        [*accumulate(count.get(week, 0) for week in weeks)]
        for count in (counted.firsts, counted.weeks)
    ]
    series = [
        chart.Series(title=title, values=values)
        for title, values in zip(("Servers", "Versions"), totals, strict=True)
    ]
    rows = [
        (week, f"{servers:,}", f"{versions:,}")
        for week, servers, versions in zip(weeks, *totals, strict=True)
    ]
    title = "Servers and versions over time"
    return Figure(
        id="growth",
        title=title,
        plot=chart.lines(title, weeks, series),
        head=("Week of", "Servers", "Versions"),
        rows=rows,
        legend=("Servers", "Versions"),
    )


def _counts(counted: Totals) -> Iterator[Figure]:
    kinds = _merged({kind_title(kind): number} for kind, number in counted.kinds.items())
    yield _bars("kinds", "Package types", kinds)
    yield _bars("places", "Where servers run", counted.places)
    yield _bars("transports", "Transports", counted.transports)
    yield _bars("schemas", "Schema versions", counted.schemas)
    yield _bars("namespaces", "Largest namespaces", counted.namespaces)


def _bars(id: str, title: str, counts: Mapping[str, int]) -> Figure:
    """Draw in how many servers the most frequent names occur."""
    named = ((name, number) for name, number in counts.items() if name)
    top = sorted(named, key=lambda item: (-item[1], item[0].lower()))[:TOP]
    return Figure(
        id=id,
        title=title,
        plot=chart.bars(title, top),
        head=("Name", "Servers"),
        rows=[(name, f"{number:,}") for name, number in top],
    )


_PLACES = {
    (True, True): "Local and remote",
    (True, False): "Local only",
    (False, True): "Remote only",
    (False, False): "Neither given",
}


def _week(nanoseconds: int) -> str:
    day = datetime.fromtimestamp(nanoseconds // timestamp.SECOND, UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _weeks(published: Iterable[str]) -> Iterator[str]:
    """Every week from the one before the first, when all was empty, to the last."""
    days = sorted(published)
    if not days:
        return
    day, last = (datetime.fromisoformat(day).date() for day in (days[0], days[-1]))
    day -= timedelta(weeks=1)
    while day <= last:
        yield day.isoformat()
        day += timedelta(weeks=1)
