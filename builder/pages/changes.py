"""What happened: the newest changes of the registry for people, with their commits, and as a feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import ChangeKind, Event
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.address import server_url, url
from builder.pages.html.browse import cut, paged
from builder.pages.html.environment import render, render_file
from builder.pages.html.text import clean, date, instant
from builder.pages.html.word import marks

FOLDER = "changes"
FEED = "feeds/changes.atom"
RECENT = 1_000
"""Events that the pages look through."""
ENTRIES = 50
VERSIONS_SHOWN = 5
_WORDS = {
    ChangeKind.PUBLISHED: "published",
    ChangeKind.STATUS: "status",
    ChangeKind.METADATA: "changed",
    ChangeKind.OVERLAY: "this registry's word",
    ChangeKind.FACTS: "what a probe found",
    ChangeKind.REMOVED: "removed",
}
"""What a change is called; that another version became the latest is told by the version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """What a commit did to versions of a server; texts are clean, the URL leads from the root.

    `server_url` is "" where there is no page of the server any more, `commit_url` where the
    repository has no web address.
    """

    sequence: int
    name: str
    server_url: str
    kind: str
    word: str
    detail: str
    versions: str
    day: str
    time: str
    commit: str
    commit_url: str

    # What the template of a feed asks of its entries.

    @property
    def title(self) -> str:
        """The change in a line."""
        return f"{self.name} {self.versions}: {self.word}"

    @property
    def summary(self) -> str:
        """What else there is to say."""
        return f"{self.detail} (commit {self.commit})" if self.detail else f"Commit {self.commit}"

    @property
    def author(self) -> str:
        """The namespace of the server."""
        return self.name.partition("/")[0]

    @property
    def url(self) -> str:
        """Where it is told: its own address on the page of changes."""
        return f"{FOLDER}/#change-{self.sequence}"

    @property
    def updated(self) -> str:
        """The time as RFC 3339 has it."""
        return self.time


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the pages of changes, newest first, and their feed."""
    shown = list(_shown(catalogue, config))
    for folder, pager, part in paged(FOLDER, cut(shown)):
        yield render("history.html", folder, config, changes=part, pager=pager, feed=FEED)
    yield render_file(
        "feed.atom",
        FEED,
        config,
        title="Changes",
        page=f"{FOLDER}/",
        self_url=FEED,
        items=shown[:ENTRIES],
        updated=shown[0].updated if shown else instant(0),
    )


def _shown(catalogue: Catalogue, config: Config) -> Iterator[ShownChange]:
    events = catalogue.events
    recent = events[max(0, len(events) - RECENT) :]
    shown = (event for event in reversed(recent) if event.kind in _WORDS)
    for _, group in groupby(
        shown, key=lambda event: (event.commit, event.kind, event.version.name)
    ):
        yield _change(list(group), catalogue, config)


def _change(events: Sequence[Event], catalogue: Catalogue, config: Config) -> ShownChange:
    first, version = events[0], events[0].version
    texts = [clean(event.version.version) for event in events]
    more = len(texts) - VERSIONS_SHOWN
    versions = ", ".join(texts[:VERSIONS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    is_here = version.name in catalogue.by_name
    return ShownChange(
        sequence=first.sequence,
        name=clean(version.name),
        server_url=server_url(version.name) if is_here else "",
        kind=first.kind.value,
        word=_WORDS[first.kind],
        detail=_detail(first),
        versions=versions,
        day=date(first.time),
        time=instant(first.time),
        commit=first.commit[:12],
        commit_url=f"{config.repository}/commit/{url(first.commit)}" if config.repository else "",
    )


def _detail(event: Event) -> str:
    version = event.version
    if event.kind in (ChangeKind.STATUS, ChangeKind.REMOVED):
        return ": ".join(filter(None, (version.status.value, clean(version.status_message))))
    if event.kind is not ChangeKind.OVERLAY:
        return ""
    word = version.registry_word()
    approved = word.get("approved")
    by = [f"approved by {clean(approved['by'])}"] if approved else []
    return ", ".join([*(mark.lower() for mark in marks(word) if mark != "Approved"), *by])
