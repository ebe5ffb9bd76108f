"""What a server is called on pages: its title, or its publisher's name where that says more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from builder.pages.html.text import clean
from builder.search.second_look import is_account

_WORDS = re.compile(r"[^\W_]+")
_GENERIC = frozenset(
    [
        "api",
        "http",
        "local",
        "main",
        "mcp",
        "mcpserver",
        "remote",
        "server",
        "service",
        "sse",
        "the",
    ]
)
_SECOND_LEVEL = frozenset(["ac", "co", "com", "edu", "gov", "net", "org"])


def shown_title(name: str, content: Mapping[str, Any]) -> str:
    """Return the title, else the label of the name, as clean text.

    One that says only that this is an MCP server ("mcp", "MCP Server") is no name: 76 servers of
    the official registry would be called the same. Its publisher's name stands for it.
    """
    namespace, _, label = clean(name).partition("/")
    title = clean(content.get("title")).strip() or label
    return publisher_name(namespace) or title if is_generic(title) else title


def is_generic(title: str) -> bool:
    """Return whether a title has only words that every MCP server could have."""
    words = _WORDS.findall(title.lower())
    return bool(words) and _GENERIC.issuperset(words)


def publisher_name(namespace: str) -> str:
    """Return an account's name, or the part of a domain that was registered."""
    parts = namespace.split(".")
    if is_account(namespace):
        return parts[2]
    return next((part for part in parts[1:] if part.lower() not in _SECOND_LEVEL), "")
