"""Allow-lists and catalogues for clients below /exports/, with a page on each format and a feed.

Files of a scope stand at `/exports/<scope>/<format>/<file>`; `/exports/index.json` names them all
with their hashes, so that a script sees in one request whether anything is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import orjson

from builder.cache.memo import Memo
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import ChangeKind, Event
from builder.exports import FORMATS, ExportFile, ExportFormat, ExportScope, LeftOut, scopes
from builder.model import timestamp
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages.address import server_url, url
from builder.pages.html.environment import inputs_hash, page_file, render, render_file
from builder.pages.html.prose import prose
from builder.pages.html.text import clean, instant
from builder.pages.sync.index import sha256

FOLDER = "exports"
FEED = "feeds/exports.atom"
RECENT = 500
"""Events of the whole registry that the feed looks through."""
SHOWN = 50
LEFT_OUT = 200
"""What a page lists of what is left out; left-out.json has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLink:
    """A file of an export: whose it is, what it is called, and its address from the site's root."""

    scope: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportEntry:
    """An entry of the feed: a change of a server that some export holds."""

    title: str
    summary: str
    author: str
    url: str
    updated: str


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield every file, the pages, the index and the feed; without a server to hold, one page that says so."""
    all_scopes = list(scopes(catalogue, config))
    if not all_scopes:
        yield _front_page(all_scopes, config)
        return
    files: list[dict[str, str]] = []
    for slug, kind in FORMATS.items():
        links = []
        for scope in _scopes_of(kind, all_scopes):
            for file in kind.files:
                page = _file(file, slug, scope)
                yield page
                links.append(ExportLink(scope=scope.title, name=file.name, url=url(page.path)))
                files.append(_row(page, scope, slug, catalogue.memo))
        if kind.left_out is not None:
            yield from _left_out_files(slug, kind, all_scopes)
        yield _format_page(slug, kind, links, all_scopes, config)
    yield _front_page(all_scopes, config)
    yield json_page(
        f"{FOLDER}/index.json",
        {"time": timestamp.render(catalogue.time), "generation": catalogue.commit, "files": files},
    )
    yield _feed(catalogue, all_scopes, config)


def _front_page(all_scopes: Sequence[ExportScope], config: Config) -> Page:
    return render(
        "exports.html",
        FOLDER,
        config,
        formats=[(kind.title, f"{FOLDER}/{slug}/") for slug, kind in FORMATS.items()],
        scopes=[(clean(scope.title), len(scope.allowed)) for scope in all_scopes],
        feed=FEED if all_scopes else "",
    )


def _scopes_of(kind: ExportFormat, all_scopes: Sequence[ExportScope]) -> list[ExportScope]:
    return [scope for scope in all_scopes if scope.gallery or not kind.needs_gallery]


def _file(file: ExportFile, slug: str, scope: ExportScope) -> Page:
    """Return a file, to be made only if what it is made from is new."""
    inputs = [*scope.inputs, scope.time if file.is_dated else 0]
    return Page(
        f"{FOLDER}/{scope.path}/{slug}/{file.name}",
        partial(file.make, scope),
        inputs_hash([slug, file.name, inputs]),
    )


def _row(page: Page, scope: ExportScope, slug: str, memo: Memo) -> dict[str, str]:
    path = page.path.removeprefix(f"{FOLDER}/")
    digest = memo.value("export", page.inputs, lambda: sha256(page.body))
    return {"url": url(path), "format": slug, "scope": scope.path, "sha256": digest}


def _left_out(kind: ExportFormat, scope: ExportScope) -> Iterable[LeftOut]:
    return kind.left_out(scope) if kind.left_out is not None else ()


def _left_out_files(
    slug: str, kind: ExportFormat, all_scopes: Sequence[ExportScope]
) -> Iterator[Page]:
    for scope in all_scopes:
        yield Page(
            f"{FOLDER}/{scope.path}/{slug}/left-out.json",
            partial(_left_out_rows, kind, scope),
            inputs_hash([slug, "left-out", scope.inputs]),
        )


def _left_out_rows(kind: ExportFormat, scope: ExportScope) -> bytes:
    return orjson.dumps({"leftOut": [asdict(row) for row in _left_out(kind, scope)]})


def _format_page(
    slug: str,
    kind: ExportFormat,
    links: Sequence[ExportLink],
    all_scopes: Sequence[ExportScope],
    config: Config,
) -> Page:
    inputs = [slug, [asdict(link) for link in links], [scope.inputs for scope in all_scopes]]
    return Page(
        page_file(f"{FOLDER}/{slug}"),
        lambda: _rendered(slug, kind, links, all_scopes, config).body,
        inputs_hash(inputs),
    )


def _rendered(
    slug: str,
    kind: ExportFormat,
    links: Sequence[ExportLink],
    all_scopes: Sequence[ExportScope],
    config: Config,
) -> Page:
    left = list(dict.fromkeys(row for scope in all_scopes for row in _left_out(kind, scope)))
    return render(
        "export.html",
        f"{FOLDER}/{slug}",
        config,
        title=kind.title,
        steps=[prose(step) for step in kind.steps],
        source=kind.source,
        links=links,
        compares=bool(kind.clients),
        lists=bool(kind.left_out),
        left=[
            (clean(row.name), clean(row.version), clean(row.target), row.reason)
            for row in left[:LEFT_OUT]
        ],
        more=max(0, len(left) - LEFT_OUT),
        feed=FEED,
        command=f"mcp-registry export {slug}",
    )


def _feed(catalogue: Catalogue, all_scopes: Sequence[ExportScope], config: Config) -> Page:
    """Return the feed: an allow-list follows every change of the servers that it holds."""
    names = frozenset[str]().union(*(scope.names for scope in all_scopes))
    events = catalogue.events
    recent = events[max(0, len(events) - RECENT) :]
    entries = [_entry(event) for event in reversed(recent) if _counts(event, names)][:SHOWN]
    return render_file(
        "feed.atom",
        FEED,
        config,
        title="Changes of allow-lists",
        page=f"{FOLDER}/",
        self_url=FEED,
        items=entries,
        updated=entries[0].updated if entries else instant(0),
    )


def _counts(event: Event, names: frozenset[str]) -> bool:
    return event.version.name in names and event.kind is not ChangeKind.LATEST_MOVED


def _entry(event: Event) -> ExportEntry:
    version = event.version
    return ExportEntry(
        title=f"{clean(version.name)} {clean(version.version)}: {event.kind.value}",
        summary="Fetch the lists again.",
        author=clean(version.namespace),
        url=f"{server_url(version.name)}#change-{event.sequence}",
        updated=instant(event.time),
    )
