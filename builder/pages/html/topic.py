"""Pages of topics: all of them with their counts, and for each the servers that are about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page
from builder.model.wording import counted
from builder.pages.address import topic_feed, topic_folder
from builder.pages.html.browse import BrowseList, Choice, choice, list_pages
from builder.pages.html.environment import render
from builder.pages.html.order import lists_by
from builder.pages.html.row import ServerRow, rows
from builder.topics.table import title

EXAMPLES = 3


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The page of all topics, and the list of each."""
    listings = by_topic(catalogue)
    without = sum(1 for row in rows(catalogue) if not row.topics)
    yield render(
        "topics.html", "topics", config, topics=catalogue.derived(choices), without=without
    )
    for listing in listings:
        yield from list_pages(listing, config)


def choices(catalogue: Catalogue) -> list[Choice]:
    """Return the way to each topic, by title; `catalogue.derived` makes it once."""
    return sorted(map(topic_choice, by_topic(catalogue)), key=lambda choice: choice.title.lower())


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
    """Return the list of each topic, the longest first.

    What a topic's rules find most in stands first; then by title.
    """
    lists = catalogue.derived(_by_slug)
    by_length = sorted(lists, key=lambda slug: (-len(lists[slug].rows), slug))
    return [lists[slug] for slug in by_length]


def _topics(row: ServerRow) -> list[str]:
    return [slug for slug, _ in row.topics]


def _of_topic(slug: str, found: Sequence[ServerRow]) -> BrowseList:
    return BrowseList(
        folder=topic_folder(slug),
        title=title(slug),
        note=f"{counted(len(found), 'server')} about this, those that say most of it first",
        rows=found,
        feed=topic_feed(slug),
    )


def _most_first(slug: str) -> Callable[[ServerRow], tuple[bool, int, str, str]]:
    def key(row: ServerRow) -> tuple[bool, int, str, str]:
        points = next(points for topic, points in row.topics if topic == slug)
        return bool(row.deprecated or row.caution), -points, row.title.lower(), row.name

    return key


_by_slug = lists_by(_topics, _most_first, _of_topic)
