"""The terms and words of each server, which are read where they may have changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from builder.catalogue.by_server import by_server, changes_by_server
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.server import Server
from builder.pages.html.row import ServerRow, rows_by_server
from builder.pages.html.text import clean
from builder.pages.search.entry import numbering
from builder.pages.search.exact import exact_terms
from builder.pages.search.fields import impacts, written
from builder.pages.search.vocabulary import counted

Terms = Sequence[Any]
"""When a server appeared; its terms, parted by spaces, and the impact of each; "" and none if it is not shown."""
Changes = Mapping[str, Mapping[int, int | None]]
"""For each term that has changed the servers in which, each with its impact now: None for none."""

_TERMS, _WORDS = "search-terms", "search-words"


def terms_in_order(catalogue: Catalogue) -> list[Terms]:
    """Return the terms of every server by its number."""
    terms = by_server(catalogue, _TERMS, partial(_terms, catalogue.derived(rows_by_server)))
    return [terms[name] for _, name, _ in catalogue.derived(numbering).servers]


def changed_terms(catalogue: Catalogue) -> Changes | None:
    """Return which terms of which servers are not what the last build had; None where all may be.

    They may be where a server has another number than it had.
    """
    rows = catalogue.derived(rows_by_server)
    changed = changes_by_server(catalogue, _TERMS, partial(_terms, rows))
    if changed is None:
        return None
    numbers = catalogue.derived(numbering).numbers
    first_new = len(numbers) - sum(was is None for was, _ in changed.values())
    changes: dict[str, dict[int, int | None]] = defaultdict(dict)
    for name, (was, now) in changed.items():
        number = numbers.get(name, -1)
        if now is None or (number < first_new if was is None else was[0] != now[0]):
            return None
        old, new = by_term(was or ()), by_term(now)
        for term in old.keys() | new.keys():
            if old.get(term) != new.get(term):
                changes[term][number] = new.get(term)
    return changes


def by_term(terms: Terms) -> Mapping[str, int]:
    """Return a server's terms, each with its impact."""
    return dict(zip(terms[1].split(" "), terms[2], strict=True)) if terms and terms[1] else {}


def words_changed(catalogue: Catalogue) -> bool:
    """Return whether the words of a server may not be what the last build had."""
    rows = catalogue.derived(rows_by_server)
    changed = changes_by_server(catalogue, _WORDS, partial(_words, rows))
    return changed is None or any(was != now for was, now in changed.values())


def _all_words(catalogue: Catalogue) -> Counter[str]:
    rows = catalogue.derived(rows_by_server)
    return counted(by_server(catalogue, _WORDS, partial(_words, rows)).values())


def _renewed_words(
    last: Counter[str], catalogue: Catalogue, _changed: frozenset[str]
) -> Counter[str]:
    rows = catalogue.derived(rows_by_server)
    changed = changes_by_server(catalogue, _WORDS, partial(_words, rows))
    if changed is None:
        return _all_words(catalogue)
    counts = last.copy()
    counts.update(counted(now for _, now in changed.values() if now))
    counts.subtract(counted(was for was, _ in changed.values() if was))
    return counts


words = Renewable(_all_words, _renewed_words)
"""In how many servers each word is as it is written in their texts; `catalogue.derived` makes it once."""


def _terms(rows: Mapping[str, ServerRow | None], server: Server) -> Terms:
    first = min(version.published for version in server.versions)
    row, latest = rows[server.name], server.latest
    if row is None or latest is None:
        return first, "", ()
    content, word = latest.content(), latest.registry_word()
    added = [*map(clean, (word.get("title"), word.get("summary"))), *row.tags]
    tools = latest.known_facts().tools
    weights = impacts(row.name, content, row.topics, added, tools) | exact_terms(row.name, content)
    terms = {term: impact for term, impact in weights.items() if term and " " not in term}
    return first, " ".join(terms), [*terms.values()]


def _words(rows: Mapping[str, ServerRow | None], server: Server) -> str:
    row, latest = rows[server.name], server.latest
    return "" if row is None or latest is None else " ".join(written(row.name, latest.content()))
