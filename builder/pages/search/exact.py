"""The terms that stand for a whole query: an exact name, package, repository, host, or a namespace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from builder.model.json_values import objects
from builder.search.query import key_of
from builder.topics.texts import host, package_name, remote_urls

NAME, PACKAGE, REPOSITORY, HOST, NAMESPACE = 31, 30, 29, 28, 20
_KEY = re.compile(r"[!-~]{1,120}")
"""Printable ASCII, sorted alike everywhere."""


def exact_terms(name: str, content: Mapping[str, Any]) -> dict[str, int]:
    """Return these terms of a server, each with its impact: the order in which they count."""
    found: dict[str, int] = {}

    def add(key: str, impact: int) -> None:
        if _KEY.fullmatch(key):
            found.setdefault(f"={key}", impact)

    add(key_of(name), NAME)
    for package in objects(content.get("packages")):
        add(key_of(package_name(package)), PACKAGE)
    place = content.get("repository")
    if isinstance(place, dict) and isinstance(place.get("url"), str):
        add("/".join(key_of(place["url"]).split("/")[:3]), REPOSITORY)
    for url in remote_urls(content):
        add(host(url), HOST)
    namespace = name.partition("/")[0].lower()
    return found | ({f"@{namespace}": NAMESPACE} if _KEY.fullmatch(namespace) else {})
