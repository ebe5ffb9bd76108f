"""The table of topics, read from site/search/topics.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from builder.model import strict_yaml
from builder.runtime import resources

FILE = "topics.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic; `asked` are the words by which people ask for it, by language."""

    slug: str
    title: str
    asked: Mapping[str, Sequence[str]]
    strong: Sequence[str]
    weak: Sequence[str]


@cache
def topics() -> Mapping[str, Topic]:
    """Return all topics by their slug, in the order of the table."""
    read = strict_yaml.parse((resources.folder("site") / "search" / FILE).read_bytes())
    return {slug: Topic(slug=slug, **fields) for slug, fields in read.items()}


def title(slug: str) -> str:
    """Return what a topic is called; of one that the table does not have, the words of its slug."""
    topic = topics().get(slug)
    return topic.title if topic else slug.replace("-", " ").capitalize()
