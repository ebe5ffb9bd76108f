"""Which texts a file must have that holds one of some addresses: to find it without reading every file.

An address has many spellings (remote_address.py). Each has the host as it is, in any case of
letters, or a character that the URL standard (https://url.spec.whatwg.org) or JSON reads as
another one: a backslash, a percent sign, or one that is not ASCII. Numbers as hosts are apart:
they have spellings without any of these.
"""

from __future__ import annotations

from collections.abc import Collection

from builder.model import remote_address

_MOST = 32
"""Hosts that are looked for at once."""
_ESCAPED = r"\\"
_OTHERWISE_SPELT = r'" *[a-z][a-z0-9+.-]*:[^"]*[^ !"#$&-~]'


def patterns(urls: Collection[str]) -> tuple[str, ...]:
    """Return extended regular expressions, of which a file with one of these addresses matches one.

    They are over bytes, in any case of letters. Return none where text alone does not tell: for
    numbers as hosts, for what is no URL, and for very many hosts.
    """
    hosts = {remote_address.host(url) for url in urls}
    if len(hosts) > _MOST or not all(map(_is_name, hosts)):
        return ()
    return (*map(_literal, sorted(hosts)), _ESCAPED, _OTHERWISE_SPELT)


def _is_name(host: str) -> bool:
    """Return whether a host is there and is no number of IPv4 or IPv6."""
    return bool(host) and ":" not in host and not host.rpartition(".")[2].isdigit()


def _literal(host: str) -> str:
    return "".join(part if part.isalnum() or part in "-_" else f"[{part}]" for part in host)
