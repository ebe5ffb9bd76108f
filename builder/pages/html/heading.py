"""The top of a server's and a version's page: what it is, who says so, and in what state it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from builder.catalogue import Version
from builder.pages import address
from builder.pages.html.proof import Proof
from builder.pages.html.row import hue, letter
from builder.pages.html.text import clean, date, instant

_NAME = re.compile(r"(?<![/\w.-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/[A-Za-z0-9._-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the top of the page says; texts are clean, URLs relative to the site's root.

    `replacement` is the first name of a server in the status message, "" if there is none, and
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
    version: str
    status: str
    message: str
    replacement: str
    replacement_url: str
    latest: bool
    day: str
    time: str
    proof: Proof


def heading(version: Version, content: Mapping[str, Any], proof: Proof) -> Heading:
    """Make the heading of a version; `content` is its document, empty if it may not be shown."""
    name = clean(version.name)
    namespace, _, label = name.partition("/")
    title = clean(content.get("title")).strip() or label
    message = clean(version.status_message)
    replacement = _replacement(message, name)
    return Heading(
        name=name,
        namespace=namespace,
        namespace_url=address.namespace_url(version.namespace),
        url=address.server_url(version.name),
        label=label,
        title=title,
        description=clean(content.get("description")).strip(),
        letter=letter(title),
        hue=hue(namespace),
        version=clean(version.version),
        status=version.status.value,
        message=message,
        replacement=replacement,
        replacement_url=f"search/?q={quote(replacement, safe='')}",
        latest=version.is_latest,
        day=date(version.published),
        time=instant(version.published),
        proof=proof,
    )


def _replacement(message: str, name: str) -> str:
    return next((found for found in _NAME.findall(message) if found != name), "")
