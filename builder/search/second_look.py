"""A closer look at the best servers, as they are shown. site/assets/search/secondlook.js does the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from builder.search.numbers import NEUTRAL
from builder.search.query import HEAVY, QueryWord
from builder.words.split import telling
from builder.words.stem import stem

LOOKED_AT = 20
FORGES = frozenset({"github", "gitlab", "codeberg", "bitbucket"})
NAME, BRAND, OWNER, PHRASE = 24, 40, 24, 18
"""Factors in sixteenths: the query is the server's name; the domain's; the account's; two words of the
query stand together."""


def factor(row: Sequence[Any], words: Sequence[QueryWord]) -> int:
    """Return by how many sixteenths a server's score changes, seen as it is shown."""
    name, title, description = row[:3]
    namespace, _, label = name.partition("/")
    asked = "".join(word.typed.replace(" ", "") for word in words)
    points = NEUTRAL
    if asked and asked in (_joined(label), _joined(title)):
        points = points * NAME // NEUTRAL
    points = points * _brand(namespace, asked) // NEUTRAL
    texts = [[stem(word) for word in telling(text)] for text in (label, title, description)]
    heavy = [word for word in words if word.weight == HEAVY]
    for left, right in pairwise(heavy):
        if any(pair == (left.term, right.term) for text in texts for pair in pairwise(text)):
            points = points * PHRASE // NEUTRAL
    return points


def is_account(namespace: str) -> bool:
    """Return whether a namespace is an account's at a forge, such as `io.github.alice`."""
    parts = namespace.lower().split(".")
    return len(parts) > 2 and parts[1] in FORGES


def brands(namespace: str) -> list[str]:
    """Return the names that a namespace stands for: of a domain each part, of a forge the account."""
    parts = namespace.lower().split(".")[2 if is_account(namespace) else 1 :]
    return [joined for part in parts if (joined := _joined(part))]


def _brand(namespace: str, asked: str) -> int:
    if not asked or asked not in brands(namespace):
        return NEUTRAL
    return OWNER if is_account(namespace) else BRAND


def _joined(text: str) -> str:
    return "".join(telling(text))
