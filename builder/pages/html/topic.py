"""Pages of topics: all of them with their counts, and for each the servers that are about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import topic_feed, topic_folder
from builder.pages.html.browse import BrowseList, Choice, choice, list_pages
from builder.pages.html.environment import render
from builder.pages.html.row import ServerRow, rows
from builder.topics.table import title, topics

EXAMPLES = 3


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page of all topics, and the list of each."""
    listings = catalogue.derived(by_topic)
    without = sum(1 for row in rows(catalogue) if not row.topics)
    yield render(
        "topics.html", "topics", config, topics=catalogue.derived(choices), without=without
    )
    for listing in listings:
        yield from list_pages(listing, config)


def choices(catalogue: Catalogue) -> list[Choice]:
    """Return the way to each topic, by title; `catalogue.derived` makes it once."""
    return sorted(
        map(topic_choice, catalogue.derived(by_topic)), key=lambda choice: choice.title.lower()
    )


def topic_choice(listing: BrowseList) -> Choice:
    """Return the way to a topic, with the servers that say most of it as examples.

    Those with a title go before those that are called by a part of their name.
    """
    titles = _distinct(
        row.title
        for is_label in (False, True)
        for row in listing.rows
        if (row.title == row.label) is is_label and not (row.deprecated or row.caution)
    )
    return replace(choice(listing), examples=list(islice(titles, EXAMPLES)))


def _distinct(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts, each once, as they are asked for: a few of thousands."""
    seen = set[str]()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def by_topic(catalogue: Catalogue) -> list[BrowseList]:
    """Return the list of each topic, the longest first; `catalogue.derived` makes it once.

    What a topic's rules find most in stands first; then by title.
    """
    rows_by_topic: dict[str, list[tuple[int, ServerRow]]] = defaultdict(list)
    for row in rows(catalogue):
        for slug, points in row.topics:
            rows_by_topic[slug].append((points, row))
    return [
        BrowseList(
            folder=topic_folder(slug),
            title=title(slug),
            note=f"{counted(len(listed), 'server')} about this, those that say most of it first",
            rows=[row for _, row in sorted(listed, key=_most_first)],
            feed=topic_feed(slug),
        )
        for slug in sorted(
            {*topics(), *rows_by_topic}, key=lambda slug: (-len(rows_by_topic[slug]), slug)
        )
        if (listed := rows_by_topic[slug])
    ]


def _most_first(row_with_points: tuple[int, ServerRow]) -> tuple[bool, int, str, str]:
    points, row = row_with_points
    return bool(row.deprecated or row.caution), -points, row.title.lower(), row.name
