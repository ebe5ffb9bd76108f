"""URLs as Go's `net/url` reads them, because the official registry asks it (contract, 3.6).

Python's `urllib.parse` accepts nearly everything that Go refuses. Only what the rules ask for is
kept: scheme, host with port, and decoded path.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BAD_HOST_ESCAPE = re.compile(r"%(?!25|[89A-Fa-f][0-9A-Fa-f])")
_ESCAPED_IN_ZONE = re.compile(r"%([0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"%\u0080-\U0010ffff]*")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
_PORT = re.compile(r"(?::[0-9]*)?")
_STRICT_COLONS = ("http", "https")
# Nine of ten addresses are so, and are told apart as they are written.
_PLAIN = re.compile(r"(https?)://([A-Za-z0-9._-]+)((?:/[A-Za-z0-9._~@+/-]*)?)")


@dataclass(frozen=True, slots=True)
class Url:
    """A parsed URL. `host` holds the port too and is "" in an opaque or relative URL."""

    scheme: str
    host: str
    path: str

    @property
    def hostname(self) -> str:
        """The host without its port, and without the brackets of an IPv6 literal."""
        name, colon, port = self.host.rpartition(":")
        host = name if colon and _PORT.fullmatch(f":{port}") else self.host
        return host[1:-1] if host.startswith("[") and host.endswith("]") else host


@lru_cache(maxsize=65536)  # several rules ask about the same address, and versions share them
def parse(text: str) -> Url | None:
    """Parse a URL or a relative reference; None where Go's `url.Parse` gives an error."""
    if match := _PLAIN.fullmatch(text):
        return Url(*match.groups())
    return _parsed(text)


def _parsed(text: str) -> Url | None:
    rest, _, fragment = text.partition("#")
    if _CONTROL.search(rest) or rest.startswith(":") or _BAD_ESCAPE.search(fragment):
        return None
    scheme = ""
    if match := _SCHEME.match(rest):
        scheme, rest = match[1].lower(), rest[match.end() :]
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, "", "")
        if ":" in rest.partition("/")[0]:
            return None
    host: str | None = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        host, rest = _authority(authority, scheme), slash + path
    if host is None or _BAD_ESCAPE.search(rest):
        return None
    return Url(scheme, host, unquote(rest, errors="replace"))


def _authority(authority: str, scheme: str) -> str | None:
    user, _, host = authority.rpartition("@")
    if not _USER.fullmatch(user) or _BAD_ESCAPE.search(user):
        return None
    return _host(host, scheme)


def _host(host: str, scheme: str) -> str | None:
    bracket = host.rfind("[")
    if bracket > 0:
        return None
    if bracket == 0:
        return _literal(host)
    first = host.find(":")
    # Since Go 1.26 the first colon ends the host of a web address; elsewhere the last one does.
    colon = first if scheme in _STRICT_COLONS else host.rfind(":")
    if first != -1 and not _PORT.fullmatch(host[colon:]):
        return None
    return _unescaped_host(host)


def _literal(host: str) -> str | None:
    literal, bracket, port = host[1:].rpartition("]")
    if not bracket or not _PORT.fullmatch(port):
        return None
    address, percent, zone = literal.partition("%25")
    if "%" in address or (percent and not _is_zone(zone)):
        return None
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return None
    return f"[{address}{'%' if percent else ''}{unquote(zone, errors='replace')}]{port}"


def _is_zone(zone: str) -> bool:
    # An escape may only stand for a space, a percent sign or what a host may hold unescaped.
    escaped = (chr(int(code, 16)) for code in _ESCAPED_IN_ZONE.findall(zone))
    return (
        bool(zone)
        and _HOST.fullmatch(zone) is not None
        and not _BAD_ESCAPE.search(zone)
        and all(char == " " or (char.isascii() and _HOST.fullmatch(char)) for char in escaped)
    )


def _unescaped_host(host: str) -> str | None:
    if not _HOST.fullmatch(host) or _BAD_HOST_ESCAPE.search(host):
        return None
    return unquote(host, errors="replace")
