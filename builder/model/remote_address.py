"""Addresses of remotes, as the entries write them and as what they lead to.

An address has many spellings. Who asks whether two entries use one server compares keys: the
form of the URL standard (https://url.spec.whatwg.org), and beyond it without what no server
tells apart - escapes of letters, an empty query, a fragment, credentials, doubled slashes and one
at the end.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

import orjson

Remotes = tuple[tuple[int, str], ...]
"""The remotes of an entry that have an address: index and address of each."""

_ESCAPES = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")  # RFC 3986, 2.3
_SLASHES = re.compile(r"/+")
_VARIABLE_PORT = re.compile(r":\{[^}/]*\}(?=/|$)")


def remotes(data: bytes) -> Remotes:
    """Read the addresses of an entry's remotes, as they are written."""
    if b"remotes" not in data and b"\\u" not in data:
        return ()
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        return ()
    listed = document.get("remotes") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return ()
    addresses = (
        (at, remote.get("url")) for at, remote in enumerate(listed) if isinstance(remote, dict)
    )
    return tuple((at, url) for at, url in addresses if isinstance(url, str) and url)


@lru_cache(maxsize=65536)
def key(url: str) -> str:
    """Return one text for every spelling of an address; what is no URL stands for itself."""
    parsed = _parsed(url)
    if parsed is None:
        return url.strip().lower()
    scheme, host, port, path, query = parsed
    path = _SLASHES.sub("/", _unescaped(path)).rstrip("/")
    query = "&".join(part for part in _unescaped(query).split("&") if part)
    return f"{scheme}://{host}:{port}{path}{f'?{query}' if query else ''}"


@lru_cache(maxsize=65536)
def host(url: str) -> str:
    """Return the host of an address, in lower case and punycode; "" if it is no URL."""
    parsed = _parsed(url)
    return parsed[1] if parsed else ""


def _parsed(url: str) -> tuple[str, str, int, str, str] | None:
    from pydantic_core import Url

    try:
        # A port that is filled in later is none of the standard's.
        parsed = Url(_VARIABLE_PORT.sub("", url))
    except ValueError:
        return None
    name = (parsed.host or "").lower().rstrip(".")
    return parsed.scheme, name, parsed.port or 0, parsed.path or "", parsed.query or ""


def _unescaped(text: str) -> str:
    """Write escapes as RFC 3986 (6.2.2) normalises them: none for what needs none."""

    def plain(match: re.Match[str]) -> str:
        character = unquote(match[0], errors="replace")
        return character if _UNRESERVED.fullmatch(character) else match[0].upper()

    return _ESCAPES.sub(plain, text)
