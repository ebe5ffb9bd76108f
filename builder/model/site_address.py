"""Web addresses that end up in every page's links, and in files that hosts read."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, HttpUrl, TypeAdapter

_WEB = TypeAdapter(HttpUrl)
# Also letters beyond ASCII: hosts and paths may have them.
_PLAIN = re.compile(r"""[^\s<>"'`{}|\\^\x00-\x1f]+""")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _web(value: str) -> str:
    """Refuse a query, credentials and markup, and paths that programs ask for otherwise."""
    if not value:
        return value
    _WEB.validate_python(value)
    parts = urlsplit(value)
    if parts.query or parts.fragment or "?" in value or "#" in value:
        raise ValueError("the address may not have a query or a fragment")
    if "@" in parts.netloc:
        raise ValueError("the address may not hold a user name or a password")
    if not _PLAIN.fullmatch(value):
        raise ValueError("the address may not have spaces, quotes or markup (write them as %20)")
    steps = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).rstrip("/").split("/")
    if not {".", ".."}.isdisjoint(steps) or "" in steps[1:]:
        raise ValueError("the address may not have empty parts or dots for parts of its path")
    if _LONE_PERCENT.search(parts.path):
        raise ValueError("the address has a % that begins no escape")
    return value.rstrip("/")


def _site(value: str) -> str:
    """Refuse what would end a line, or name a variable, in the path that files of hosts begin with."""
    if {";", "$"} & set(urlsplit(value).path):
        raise ValueError("the address may not have ; or $, which files of hosts read as their own")
    return value


WebAddress = Annotated[str, AfterValidator(_web)]
"""An address without `/` at its end, or "" for none."""
SiteAddress = Annotated[WebAddress, AfterValidator(_site)]
"""The address that a site is served from."""
