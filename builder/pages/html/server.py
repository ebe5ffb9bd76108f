"""The page of a server, and one of each of its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import orjson

from builder import install
from builder.catalogue.server import Server, Version
from builder.install import ClientName, Launch, Link, Panel, Recipe
from builder.model.config import Config
from builder.model.page import Page
from builder.model.server_json import schema_id
from builder.model.sidecars import Namespace
from builder.model.wording import counted
from builder.pages.address import (
    badge_markdown,
    server_feed,
    server_folder,
    url,
    version_folder,
    version_url,
)
from builder.pages.html.diff import FieldChange, changes, facts
from builder.pages.html.environment import render
from builder.pages.html.heading import heading
from builder.pages.html.links import links
from builder.pages.html.needs import needs
from builder.pages.html.panel import own_links
from builder.pages.html.panel import panel as panel_of
from builder.pages.html.proof import ShownProof, proof
from builder.pages.html.structured import structured
from builder.pages.html.text import clean, date, instant

VERSIONS_SHOWN, VERSIONS_FOLDED = 10, 200
LAUNCHES_SHOWN = 8
RECIPES_SHOWN = 150_000  # characters of all clients' commands, files and links: 15 KB compressed
CHANGES_SHOWN = 200
_JSON_SHOWN = 16_000  # characters; a longer document is only linked, the page stays light


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One client of the install panel, with its recipe for each launch.

    `own` lets the client read the entry from this registry, if it can.
    """

    client: ClientName
    recipes: Sequence[tuple[Launch, Recipe]]
    own: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A version as a line of the list of versions; `url` is relative to the site's root."""

    version: str
    day: str
    time: str
    status: str
    latest: bool
    url: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A version with what it changed; `previous` is the version before it, if there is one."""

    version: Version
    content: dict[str, Any]
    previous: Version | None
    changes: tuple[FieldChange, ...]


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """The page of a server and of each version; of deleted ones nothing but the fact is shown."""
    proved = proof(server.namespace, namespace, server.versions[0].source)
    steps = _steps(server.visible)
    lines = [_line(step) for step in steps]
    latest = next((step for step in steps if step.version.is_latest), None)
    if latest is None:
        yield _deleted(server_folder(server.name), server.versions[0], proved, config)
    else:
        yield _server(server, latest, lines, proved, config)
    for index, step in enumerate(steps):
        newer = lines[index - 1] if index else None
        older = lines[index + 1] if index + 1 < len(lines) else None
        yield _version(step, newer, older, proved, config)
    for version in server.versions:
        if not version.visible:
            folder = version_folder(version.name, version.version)
            yield _deleted(folder, version, proved, config)


def _server(
    server: Server, latest: Step, lines: Sequence[Line], proved: ShownProof, config: Config
) -> Page:
    panel = panel_of(latest.version)
    fitting = _fitting(panel.launches)
    where = links(server.name, "latest", config)
    top = heading(latest.version, latest.content, proved)
    older = lines[VERSIONS_SHOWN:VERSIONS_FOLDED]
    return render(
        "server.html",
        server_folder(server.name),
        config,
        heading=top,
        panel=panel,
        tabs=_tabs(panel, fitting, where.vscode) if fitting else [],
        about=_about(panel),
        needs=needs(panel.launches),
        hidden=_hidden(len(panel.launches) - len(fitting)),
        versions=lines[:VERSIONS_SHOWN],
        older=older,
        older_title=counted(len(older), "older version"),
        more=_more(lines),
        step=latest,
        links=where,
        json=_pretty(latest.content),
        schema=schema_id(latest.content.get("$schema")) or "",
        first=date(server.versions[-1].published),
        feed=url(server_feed(server.name)),
        badge=badge_markdown(server.name, config.base_url),
        structured=structured(top, server, panel, config),
    )


def _version(
    step: Step, newer: Line | None, older: Line | None, proved: ShownProof, config: Config
) -> Page:
    version = step.version
    return render(
        "version.html",
        version_folder(version.name, version.version),
        config,
        heading=heading(version, step.content, proved),
        needs=needs(_launches(step)),
        newer=newer,
        older=older,
        step=step,
        changes=step.changes[:CHANGES_SHOWN],
        links=links(version.name, version.version, config),
    )


def _launches(step: Step) -> Sequence[Launch]:
    if step.version.is_latest:
        return panel_of(step.version).launches
    return install.launches(step.version.name, step.content)


def _deleted(folder: str, version: Version, proved: ShownProof, config: Config) -> Page:
    return render("deleted.html", folder, config, heading=heading(version, {}, proved))


def _steps(versions: Sequence[Version]) -> list[Step]:
    parsed = [(version, content := version.content(), facts(content)) for version in versions]
    pairs = pairwise([*parsed, (None, {}, {})])
    return [
        Step(
            version=version,
            content=content,
            previous=previous,
            changes=changes(before, now) if previous else (),
        )
        for (version, content, now), (previous, _, before) in pairs
        if version is not None
    ]


def _line(step: Step) -> Line:
    version = step.version
    return Line(
        version=clean(version.version),
        day=date(version.published),
        time=instant(version.published),
        status=version.status.value,
        latest=version.is_latest,
        url=version_url(version.name, version.version),
        summary=counted(len(step.changes), "change") if step.previous else "First version",
    )


def _tabs(panel: Panel, launches: Sequence[Launch], vscode: str) -> list[Tab]:
    own = {"vs-code": Link(href=vscode, label="Open this entry in VS Code")} if vscode else {}
    return [
        Tab(
            client=client,
            recipes=_usable_first([(launch, launch.recipes[place]) for launch in launches]),
            own=own.get(client.id),
        )
        for place, client in enumerate(panel.clients)
    ]


def _more(lines: Sequence[Line]) -> str:
    more = len(lines) - VERSIONS_FOLDED
    return counted(more, "more version") if more > 0 else ""


def _usable_first(recipes: Sequence[tuple[Launch, Recipe]]) -> list[tuple[Launch, Recipe]]:
    """The first one stands open: it should be one that this client can run."""
    return sorted(recipes, key=lambda recipe: not recipe[1].usable)


def _fitting(launches: Sequence[Launch]) -> Sequence[Launch]:
    """Those whose recipes a light page has room for, from the first one on."""
    sizes = accumulate(sum(map(_size, launch.recipes)) for launch in launches)
    return launches[: min(LAUNCHES_SHOWN, sum(size <= RECIPES_SHOWN for size in sizes))]


def _size(recipe: Recipe) -> int:
    texts = (recipe.command, recipe.file)
    return sum(len(text.text) for text in texts if text) + sum(
        len(link.href) for link in recipe.links
    )


def _hidden(more: int) -> str:
    return counted(more, "more way") if more else ""


def _about(panel: Panel) -> list[tuple[str, Link]]:
    return [
        (term, Link(href=link.href, label=link.href.removeprefix("https://").rstrip("/")))
        for term, link in own_links(panel)
    ]


def _pretty(content: dict[str, Any]) -> str:
    text = clean(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
    return text if len(text) <= _JSON_SHOWN else ""
