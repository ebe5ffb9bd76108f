"""The top of a server's and a version's page: what it is, who says so, and in what state it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from builder.catalogue.server import Version
from builder.pages import address
from builder.pages.html.proof import ShownProof
from builder.pages.html.row import hue, letter
from builder.pages.html.text import clean, date, instant
from builder.pages.html.title import shown_title
from builder.pages.prior import caution
from builder.topics.rules import topics_of
from builder.topics.table import title as topic_title
from builder.topics.texts import texts_of

_NAME = re.compile(r"(?<![/\w.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/[A-Za-z0-9._-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLink:
    """A topic of a server; `url` is its page, relative to the site's root."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the top of the page says; texts are clean, URLs relative to the site's root.

    `caution` says what an entry is that is no server to use yet. `replacement` is the first name of a server in the status message, "" if there is none, and
    `replacement_url` a search for it: whether there is such a server, this page cannot know.
    """

    name: str
    namespace: str
    namespace_url: str
    url: str
    label: str
    title: str
    description: str
    letter: str
    hue: int
    icon: str
    version: str
    status: str
    message: str
    replacement: str
    replacement_url: str
    latest: bool
    day: str
    time: str
    proof: ShownProof
    topics: Sequence[TopicLink]
    caution: str


def heading(version: Version, content: Mapping[str, Any], proof: ShownProof) -> Heading:
    """Make the heading of a version; `content` is its document, empty if it may not be shown."""
    server = _server(version.name)
    word = version.registry_word() if content else {}
    title = clean(word.get("title")).strip() or shown_title(version.name, content)
    message = clean(version.status_message)
    replacement = _replacement(message, server.name)
    return Heading(
        name=server.name,
        namespace=server.namespace,
        namespace_url=server.namespace_url,
        url=server.url,
        label=server.label,
        title=title,
        description=clean(content.get("description")).strip(),
        letter=letter(title),
        hue=server.hue,
        icon=_icon(version) if content else "",
        version=clean(version.version),
        status=version.status.value,
        message=message,
        replacement=replacement,
        replacement_url=f"search/?q={quote(replacement, safe='')}",
        latest=version.is_latest,
        day=date(version.published),
        time=instant(version.published),
        proof=proof,
        topics=[
            TopicLink(title=topic_title(slug), url=address.url(f"{address.topic_folder(slug)}/"))
            for slug, _ in topics_of(texts_of(server.name, content), word.get("categories", ()))
        ],
        caution=caution(server.name, content) if content else "",
    )


def _icon(version: Version) -> str:
    icon = version.known_facts().icon
    return icon.file if icon else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """What is the same on the pages of all versions of a server."""

    name: str
    namespace: str
    namespace_url: str
    url: str
    label: str
    hue: int


@lru_cache(maxsize=1)  # the versions of a server come one after the other
def _server(name: str) -> _Server:
    namespace, _, label = clean(name).partition("/")
    return _Server(
        name=clean(name),
        namespace=namespace,
        namespace_url=address.namespace_url(name.partition("/")[0]),
        url=address.server_url(name),
        label=label,
        hue=hue(namespace),
    )


def _replacement(message: str, name: str) -> str:
    return next((other for other in _NAME.findall(message) if other != name), "")
