"""The page of a server, and one of each of its versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import orjson

from builder.catalogue.server import Server, Version
from builder.install import Link, Panel
from builder.install.web import https_link
from builder.model.config import Config
from builder.model.facts import Facts
from builder.model.page import Page
from builder.model.page_paths import server_folder, version_folder
from builder.model.server_json import schema_id
from builder.model.sidecars import Namespace
from builder.model.wording import counted
from builder.pages.address import in_query, server_feed, url
from builder.pages.html import compare, verify
from builder.pages.html.environment import render, render_bare
from builder.pages.html.facts import shown_facts, shown_repository
from builder.pages.html.heading import Heading, heading
from builder.pages.html.lean import leaned
from builder.pages.html.life import life
from builder.pages.html.links import links
from builder.pages.html.needs import needs
from builder.pages.html.origins import origins
from builder.pages.html.panel import (
    buttons,
    first_panel,
    general_launches,
    general_recipes,
    own_links,
    readme_markdown,
    shown_panel,
)
from builder.pages.html.panel import panel as panel_of
from builder.pages.html.proof import ShownProof, dated, granted, proof
from builder.pages.html.reach_words import shown_reach
from builder.pages.html.steps import Line, Step, line, steps_of
from builder.pages.html.structured import structured
from builder.pages.html.text import clean, date
from builder.pages.html.word import registry_word
from builder.policy import not_upstream

VERSIONS_SHOWN, VERSIONS_FOLDED = 10, 200
CHANGES_SHOWN, LATEST_CHANGES_SHOWN = 200, 40
LISTED_SHOWN = 8
_JSON_SHOWN = 16_000  # characters; a longer document is only linked, the page stays light


def server_pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """The page of a server and those of its versions; on a lean site the server's alone, folded."""
    if not config.pages.lean:
        yield from _pages(server, namespace, config)
        return
    yield from leaned(islice(_pages(server, namespace, config), 1))


def _pages(server: Server, namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """The page of a server and of its newest versions; of deleted ones nothing but the fact is shown.

    The page of the latest version is the server's. Its address and those of older versions, which
    have no page of their own, lead there.
    """
    record = namespace or granted(server.namespace, config)
    known = server.latest.known_facts() if server.latest else Facts()
    proved = dated(proof(server.namespace, record, server.versions[0].source), known.proof)
    steps = steps_of(server.visible)
    full_versions = 0 if config.pages.lean else config.pages.full_versions
    lines = [line(step, has_page=index < full_versions) for index, step in enumerate(steps)]
    latest = next((step for step in steps if step.version.is_latest), None)
    if latest is None:
        yield _deleted(server_folder(server.name), server.versions[0], proved, config)
    else:
        yield _server(server, latest, lines, proved, config)
    for index, step in enumerate(steps):
        if not lines[index].has_page:
            yield _moved(step.version, lines[index])
            continue
        newer = lines[index - 1] if index else None
        older = lines[index + 1] if index + 1 < len(lines) else None
        yield _version(step, newer, older, proved, config)
    for version in server.versions:
        if not version.visible:
            folder = version_folder(version.name, version.version)
            yield _deleted(folder, version, proved, config, latest.version if latest else None)


def _server(
    server: Server, latest: Step, lines: Sequence[Line], proved: ShownProof, config: Config
) -> Page:
    panel = first_panel(latest.version) if config.pages.lean else panel_of(latest.version)
    where = links(server.name, "latest", config)
    top = heading(latest.version, latest.content, proved)
    older = lines[VERSIONS_SHOWN:VERSIONS_FOLDED]
    return render(
        "server.html",
        server_folder(server.name),
        config,
        heading=top,
        word=registry_word(latest.version, latest.content),
        shown=shown_panel(panel, where.vscode),
        reach=shown_reach(latest.content, latest.reach),
        refused=_refused(latest.version, latest.content, config),
        facts=shown_facts(latest.version),
        origins=origins(latest.version),
        about=_about(panel),
        listed=_listed(panel, latest.version),
        repository=shown_repository(latest.version),
        life=life([version.published for version in server.visible]),
        topics=top.topics,
        needs=needs(panel.launches),
        versions=lines[:VERSIONS_SHOWN],
        older=older,
        older_title=counted(len(older), "older version"),
        more=_more(lines),
        step=latest,
        changes=latest.changes()[:LATEST_CHANGES_SHOWN],
        links=where,
        json=_pretty(latest.content),
        schema=schema_id(latest.content.get("$schema")) or "",
        entry=f"{latest.version.logged.number:,}",
        proof_url=verify.address(server.name, config),
        compare_url=f"{compare.FOLDER}/?server={in_query(server.name)}",
        first=date(server.versions[-1].published),
        feed=url(server_feed(server.name)) if config.pages.server_feeds else "",
        **({} if config.pages.lean else _for_others(server, panel, top, config)),
    )


def _for_others(server: Server, panel: Panel, top: Heading, config: Config) -> dict[str, Any]:
    """Return what a page has for READMEs and search engines; lean pages leave it out."""
    made = buttons(panel)
    return {
        "buttons": made,
        "readme": readme_markdown(server.name, made, config),
        "structured": structured(top, server, panel, config),
    }


def _version(
    step: Step, newer: Line | None, older: Line | None, proved: ShownProof, config: Config
) -> Page:
    version = step.version
    launches = general_launches(version, step.content)
    return render(
        "version.html",
        version_folder(version.name, version.version),
        config,
        heading=heading(version, step.content, proved),
        word=registry_word(version, step.content),
        needs=needs(launches),
        general=general_recipes(launches),
        newer=newer,
        older=older,
        step=step,
        reach=shown_reach(step.content, step.reach),
        refused=_refused(version, step.content, config),
        changes=step.changes()[:CHANGES_SHOWN],
        links=links(version.name, version.version, config),
    )


def _refused(version: Version, content: Mapping[str, Any], config: Config) -> list[str]:
    """Return why the official registry would refuse what was published here by the operator's leave."""
    if version.source:
        return []
    granted = (
        ["its namespace is granted by this registry"]
        if config.policy.grant(version.namespace)
        else []
    )
    return [*granted, *(clean(reason.reason) for reason in not_upstream.reasons(content))]


def _moved(version: Version, shown: Line) -> Page:
    """A page of few bytes that leads to the server's, at the line of the version."""
    return render_bare(
        "moved.html",
        version_folder(version.name, version.version),
        version=shown,
        name=version.name,
    )


def _deleted(
    folder: str,
    version: Version,
    proved: ShownProof,
    config: Config,
    living: Version | None = None,
) -> Page:
    """`living` is the latest version of the server, if there is one that may be shown."""
    return render(
        "deleted.html",
        folder,
        config,
        heading=heading(version, {}, proved),
        living=clean(living.version) if living else "",
    )


def _more(lines: Sequence[Line]) -> str:
    more = len(lines) - VERSIONS_FOLDED
    return counted(more, "more version") if more > 0 else ""


def _about(panel: Panel) -> list[tuple[str, Link]]:
    return [
        (term, Link(href=link.href, label=link.href.removeprefix("https://").rstrip("/")))
        for term, link in own_links(panel)
    ]


def _listed(panel: Panel, version: Version) -> list[Link]:
    """Where else the server stands: at the registries of its packages, and where it came from."""
    pages = [launch.web for launch in panel.launches if launch.web]
    upstream = https_link(clean(version.source), "")
    source = [Link(href=upstream.href, label=urlsplit(upstream.href).netloc)] if upstream else []
    by_address = {link.href: link for link in [*pages, *source]}
    return list(by_address.values())[:LISTED_SHOWN]


def _pretty(content: dict[str, Any]) -> str:
    text = clean(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
    return text if len(text) <= _JSON_SHOWN else ""
