"""What changed between two versions of a server, as a person would say it.

Documents are compared by meaning, not by line: a variable is found again by its name, a package
by its type, so that moving one within its list is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from builder.pages.html.text import clean

LONGEST = 300
_SKIPPED = {"version", "name"}
_IDENTITY = ("registryType", "name", "type", "src", "value")


class FieldChange(NamedTuple):
    """One difference of two documents, at a place that both or one of them has.

    `old` and `new` are the texts there as they were published, None where there is none.
    """

    where: str
    old: str | None
    new: str | None

    @property
    def kind(self) -> str:
        """One of "added", "removed" and "changed"."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    # Few differences are shown, and a server of many versions has thousands.
    @property
    def before(self) -> str:
        """The old text, fit to be shown; "" for none."""
        return _short(self.old)

    @property
    def after(self) -> str:
        """The new text, fit to be shown; "" for none."""
        return _short(self.new)


class ComparedDocument:
    """A document that is compared: what is the same in both is not taken apart, all else once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take a document; the version itself is left out: that it differs is known."""
        self.fields = {key: value for key, value in document.items() if key not in _SKIPPED}
        self._written: dict[str, bytes] = {}
        self._places: dict[str, dict[str, str]] = {}

    def written(self, key: str) -> bytes | None:
        """Return a field as JSON, None if there is none."""
        if key in self.fields and key not in self._written:
            self._written[key] = orjson.dumps(self.fields[key])
        return self._written.get(key)

    def places(self, keys: Container[str]) -> dict[str, str]:
        """Return every value in some fields as text, under the place a person would call it."""
        by_place: dict[str, str] = {}
        for key, value in self.fields.items():
            if key in keys:
                if key not in self._places:
                    self._places[key] = {}
                    _flatten(_join("", clean(key)), value, self._places[key])
                by_place |= self._places[key]
        return by_place


def changes(
    before: ComparedDocument, after: ComparedDocument, leaving_out: Collection[str] = ()
) -> tuple[FieldChange, ...]:
    """List the differences of two documents, in the order of the newer.

    Those of the fields `leaving_out` are not looked for: packages are most of a document.
    """
    keys = (after.fields.keys() | before.fields.keys()).difference(leaving_out)
    differing = {key for key in keys if before.written(key) != after.written(key)}
    old_texts, new_texts = before.places(differing), after.places(differing)
    places = [*new_texts, *(place for place in old_texts if place not in new_texts)]
    return tuple(
        FieldChange(place, old, new)
        for place in places
        if (old := old_texts.get(place)) != (new := new_texts.get(place))
    )


def _short(value: str | None) -> str:
    text = clean(value or "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _flatten(place: str, value: Any, by_place: dict[str, str]) -> None:
    if isinstance(value, str):
        by_place[place] = value
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            _flatten(_join(place, clean(key)), inner, by_place)
    elif isinstance(value, list) and value:
        for label, inner in _labelled(value):
            _flatten(_join(place, label), inner, by_place)
    else:
        by_place[place] = orjson.dumps(value).decode()


def _labelled(items: list[Any]) -> Iterator[tuple[str, Any]]:
    counts: Counter[str] = Counter()
    for item in items:
        label = _identity(item)
        counts[label] += 1
        number = f" {counts[label]}" if counts[label] > 1 or not label else ""
        yield f"{label}{number}".strip(), item


def _identity(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    return next((clean(item[key]) for key in _IDENTITY if isinstance(item.get(key), str)), "")


def _join(place: str, step: str) -> str:
    return f"{place} › {step}" if place else step
