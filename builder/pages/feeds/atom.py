"""Atom feeds: new servers, updates, and one for each topic, each namespace and
each server.

RFC 4287. A feed holds at least the last 50 entries and everything of its last day, so that a
reader that looks once a day misses nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server, Version
from builder.model import timestamp
from builder.model.config import Config, SitePages
from builder.model.page import Page
from builder.model.sidecars import Namespace
from builder.pages.address import (
    collection_feed,
    collection_folder,
    namespace_feed,
    namespace_url,
    server_feed,
    server_url,
    url,
    version_url,
)
from builder.pages.html.browse import newest, updated
from builder.pages.html.collection import rows_of
from builder.pages.html.environment import inputs_hash, render, render_file
from builder.pages.html.group import NamespaceGroup
from builder.pages.html.row import ServerRow
from builder.pages.html.text import clean, instant
from builder.pages.html.topic import by_topic

ENTRIES = 50
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One entry of a feed; URLs are relative to the site's root, the time is in nanoseconds."""

    title: str
    summary: str
    author: str
    url: str
    at: int

    @property
    def updated(self) -> str:
        """The time as RFC 3339 has it."""
        return instant(self.at)


def server_pages(server: Server, _namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Yield the feed of a server's versions, on request; none if all are deleted."""
    if server.latest is None or not config.pages.server_feeds:
        return
    items = [*_facts(server.latest), *map(_version, server.visible[:ENTRIES])]
    items.sort(key=lambda item: -item.at)
    title = f"Versions of {clean(server.name)}"
    yield _feed(server_feed(server.name), title, server_url(server.name), items, config)


def namespace_pages(group: NamespaceGroup, config: Config) -> Iterator[Page]:
    """Yield the feed of what changed in a namespace."""
    if config.pages.lean:
        return
    file, name = namespace_feed(group.namespace), group.namespace
    last = sorted(group.rows, key=lambda row: (-row.changed, row.name))[:ENTRIES]
    items = [_item(row, row.changed, config.pages) for row in last]
    yield _feed(file, f"Servers in {name}", namespace_url(name), items, config)


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the feeds of the whole registry, and a page that lists them."""
    of = config.pages
    new = [_item(row, row.first, of) for row in catalogue.derived(newest)[:MOST]]
    changed = [_item(row, row.changed, of) for row in catalogue.derived(updated)[:MOST]]
    yield _feed("feeds/new.atom", "New servers", "browse/newest/", _recent(new), config)
    yield _feed(
        "feeds/updated.atom", "Updated servers", "browse/updated/", _recent(changed), config
    )
    yield render("feeds.html", "feeds", config, of_servers=config.pages.server_feeds)
    for listing in by_topic(catalogue):
        last = listing.last_changed(ENTRIES)
        yield _late(listing.feed, listing.title, f"{listing.folder}/", last, config)
    for slug, chosen in catalogue.collections.items():
        last = sorted(rows_of(catalogue, chosen), key=lambda row: (-row.changed, row.name))
        items = [_item(row, row.changed, of) for row in last[:ENTRIES]]
        page = f"{collection_folder(slug)}/"
        yield _feed(collection_feed(slug), clean(chosen.title), page, items, config)


def _late(file: str, title: str, page: str, last: Sequence[ServerRow], config: Config) -> Page:
    """Return the feed of these servers' last changes, to be made only if it is another one."""

    def body() -> bytes:
        items = [_item(row, row.changed, config.pages) for row in last]
        return _feed(file, title, page, items, config).body

    return Page(file, body, inputs_hash([title, page, [row.key for row in last]]))


def _recent(items: Sequence[FeedItem]) -> list[FeedItem]:
    """Return the last 50, and what is not a day older than the last."""
    since = items[0].at - timestamp.DAY if items else 0
    return [item for place, item in enumerate(items) if place < ENTRIES or item.at > since]


def _item(row: ServerRow, at: int, of: SitePages) -> FeedItem:
    return FeedItem(
        title=f"{row.title} {row.version}",
        summary=row.description,
        author=row.namespace,
        url=row.url if of.lean else version_url(row.name, row.version),
        at=at,
    )


def _version(version: Version) -> FeedItem:
    return FeedItem(
        title=f"{clean(version.name)} {clean(version.version)}",
        summary=clean(version.content().get("description")),
        author=clean(version.namespace),
        url=version_url(version.name, version.version),
        at=max(version.published, version.status_changed),
    )


def _facts(version: Version) -> Iterator[FeedItem]:
    """Yield what a probe found out that its users and its publisher should know."""
    known = version.known_facts()
    by_day: dict[str, list[str]] = defaultdict(list)
    for address, remote in known.remotes.items():
        for change in remote.changes:
            by_day[change.day].append(f"{clean(change.tool)} ({change.change})")
        if remote.failing:
            by_day[remote.failing].append(f"{clean(address)} no longer answers: {remote.trouble}")
    for day, lines in by_day.items():
        yield FeedItem(
            title=f"{clean(version.name)}: what a probe found on {day}",
            summary="; ".join(lines),
            author=clean(version.namespace),
            url=f"{server_url(version.name)}#tools-{day}",
            at=timestamp.parse(f"{day}T00:00:00Z"),
        )


def _feed(file: str, title: str, page: str, items: Iterable[FeedItem], config: Config) -> Page:
    entries = list(items)
    return render_file(
        "feed.atom",
        file,
        config,
        title=title,
        page=page,
        self_url=url(file),
        items=entries,
        updated=max((item.updated for item in entries), default=instant(0)),
    )
