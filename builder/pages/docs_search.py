"""The documentation as the search page looks through it: one file of sections with their words."""

from __future__ import annotations

import json
import re
from html import unescape

from builder.model.page import Page, json_page
from builder.words.split import telling
from builder.words.stem import stem

FILE = "search.json"
_TAG = re.compile(r"<[^>]*>")


def page(folder: str, index: str) -> Page:
    """Make the file from the index that mkdocs' search plugin writes: `[title, path, words]` each."""
    parts = json.loads(index)["docs"]
    titles = {part["location"]: _text(part["title"]) for part in parts}
    sections = [
        [_title(part["location"], titles), f"{folder}/{part['location']}", _stems(part["text"])]
        for part in parts
    ]
    return json_page(f"{folder}/{FILE}", sections)


def _title(location: str, titles: dict[str, str]) -> str:
    """Write a section's title after its page's: two pages may have sections of one name."""
    own = titles[location]
    whole = titles.get(location.partition("#")[0], own)
    return own if own == whole else f"{whole}: {own}"


def _stems(text: str) -> str:
    return " ".join(sorted({stem(word) for word in telling(_text(text))}))


def _text(html: str) -> str:
    return unescape(_TAG.sub(" ", html)).replace("\xb6", "").strip()
