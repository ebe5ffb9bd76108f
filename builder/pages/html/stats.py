"""Statistics: how the registry grew and what is in it, drawn at build time, each with its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from markupsafe import Markup

from builder import plot
from builder.catalogue import Catalogue
from builder.config import Config
from builder.page import Page
from builder.pages.html.environment import render
from builder.pages.html.row import kind_title
from builder.pages.html.text import clean, objects

TOP = 12
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A plot with what it is called and its table: head and rows, as text."""

    id: str
    title: str
    plot: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[str] = ()


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page of statistics."""
    visible = [version for server in catalogue.servers for version in server.visible]
    totals = (
        ("Servers", len(catalogue.latest)),
        ("Versions", len(visible)),
        ("Namespaces", len({version.namespace for version in catalogue.latest})),
        ("Versions a server", round(len(visible) / max(1, len(catalogue.latest)), 1)),
    )
    yield render(
        "stats.html",
        "stats",
        config,
        totals=[(title, f"{number:,}") for title, number in totals],
        figures=[_growth(catalogue), *_counts(catalogue)],
        commit=catalogue.commit[:12],
    )


def _growth(catalogue: Catalogue) -> Figure:
    """Servers and versions over time, by week of publication: deleted ones have been there too."""
    versions = Counter(_week(version.published) for version in catalogue.versions())
    servers = Counter(
        _week(min(version.published for version in server.versions)) for server in catalogue.servers
    )
    weeks = [*_weeks(versions)]
    totals = [[*accumulate(count[week] for week in weeks)] for count in (servers, versions)]
    series = [
        plot.Series(title=title, values=values)
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
        plot=plot.lines(title, weeks, series),
        head=("Week of", "Servers", "Versions"),
        rows=rows,
        legend=("Servers", "Versions"),
    )


def _counts(catalogue: Catalogue) -> Iterator[Figure]:
    contents = [version.content() for version in catalogue.latest]
    packages = [[*objects(content.get("packages"))] for content in contents]
    remotes = [[*objects(content.get("remotes"))] for content in contents]
    kinds = ({clean(one.get("registryType")) for one in found} for found in packages)
    transports = (
        {clean(one.get("type")) for one in objects([p.get("transport") for p in local] + far)}
        for local, far in zip(packages, remotes, strict=True)
    )
    places = (_place(local, far) for local, far in zip(packages, remotes, strict=True))
    yield _bars("kinds", "Package types", (map(kind_title, found) for found in kinds))
    yield _bars("places", "Where servers run", places)
    yield _bars("transports", "Transports", transports)
    yield _bars("schemas", "Schema versions", ([_schema(content)] for content in contents))
    namespaces = ([clean(version.namespace)] for version in catalogue.latest)
    yield _bars("namespaces", "Largest namespaces", namespaces)


def _bars(id: str, title: str, names: Iterable[Iterable[str]]) -> Figure:
    """Count in how many servers each name occurs; the most frequent are drawn."""
    counter = Counter(name for found in names for name in found if name)
    top = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return Figure(
        id=id,
        title=title,
        plot=plot.bars(title, top),
        head=("Name", "Servers"),
        rows=[(name, f"{number:,}") for name, number in top],
    )


def _place(packages: Sequence[Any], remotes: Sequence[Any]) -> list[str]:
    names = {
        (True, True): "Local and remote",
        (True, False): "Local only",
        (False, True): "Remote only",
        (False, False): "Neither given",
    }
    return [names[bool(packages), bool(remotes)]]


def _schema(content: dict[str, Any]) -> str:
    parts = clean(content.get("$schema")).split("/")
    return parts[-2] if len(parts) > 1 else "none"


def _week(nanoseconds: int) -> str:
    day = datetime.fromtimestamp(nanoseconds // _SECOND, UTC).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def _weeks(found: Iterable[str]) -> Iterator[str]:
    """Every week from the one before the first, when all was empty, to the last."""
    days = sorted(found)
    if not days:
        return
    day, last = (datetime.fromisoformat(one).date() for one in (days[0], days[-1]))
    day -= timedelta(weeks=1)
    while day <= last:
        yield day.isoformat()
        day += timedelta(weeks=1)
