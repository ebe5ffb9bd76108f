"""Which servers are one and the same: published twice, under two names.

Two entries with the same remote or package are one server. So are two from the same place of one
repository, unless a namespace has several from there: then it holds several servers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from builder.model.json_values import objects
from builder.search.query import key_of
from builder.topics.texts import remote_urls

Identity = Sequence[str]
_SHARED = ("{", "localhost", "127.0.0.1", "//example.com/")
"""An address with these in it is filled in by each user: it names no server."""
MOST_OF_PACKAGE = 4
"""A package that more servers share is a tool that runs them."""
_BRIDGES = frozenset({"mcp-remote", "mcp-proxy", "supergateway", "fastmcp", "@smithery/cli"})
"""Packages that run any server."""


def identities(content: Mapping[str, Any]) -> Iterator[str]:
    """Return what identifies a server beside its name: `remote:`, `package:` and `source:` keys."""
    for url in remote_urls(content):
        if url and not any(part in url for part in _SHARED):
            yield f"remote:{key_of(url)}"
    for package in objects(content.get("packages")):
        kind, identifier = package.get("registryType"), package.get("identifier")
        if (
            isinstance(kind, str)
            and isinstance(identifier, str)
            and identifier not in {"", *_BRIDGES}
        ):
            untagged = identifier.partition("@sha256:")[0]
            head, _, tail = untagged.rpartition("/")
            name = f"{head}/{tail.partition(':')[0]}" if kind == "oci" else untagged
            yield f"package:{kind}:{key_of(name) if kind in ('mcpb', 'oci') else name}"
    place = content.get("repository")
    if isinstance(place, dict) and isinstance(place.get("url"), str) and place["url"]:
        folder = place.get("subfolder")
        inside = folder.strip("/") if isinstance(folder, str) else ""
        yield f"source:{key_of(place['url'])}:{inside}"


Named = Sequence[tuple[str, Identity]]
"""Servers by their numbers: the name and the identities of each."""


def groups(servers: Named) -> list[list[int]]:
    """Return the numbers of servers that are the same."""
    root: dict[int, int] = {}
    for key, numbers in _servers_of(servers).items():
        for number in numbers:
            root.setdefault(number, number)
        if _is_one(key, numbers, servers):
            for number in numbers[1:]:
                _join(root, numbers[0], number)
    together = defaultdict(list)
    for number in sorted(root):
        together[_top(root, number)].append(number)
    return [numbers for numbers in together.values() if len(numbers) > 1]


def _servers_of(servers: Named) -> Mapping[str, list[int]]:
    """Return the numbers of the servers that each identity of several is of."""
    found = Counter(chain.from_iterable(keys for _, keys in servers))
    shared = {key for key, count in found.items() if count > 1}
    servers_of: dict[str, list[int]] = {key: [] for key in found if key in shared}
    for number, (_, keys) in enumerate(servers):
        if not shared.isdisjoint(keys):
            for key in keys:
                if key in shared:
                    servers_of[key].append(number)
    return servers_of


def best_first(
    groups: Iterable[Sequence[int]], servers: Named, priors: Sequence[int]
) -> list[list[int]]:
    """Return the numbers of servers that are the same, the one to show first."""
    return [
        sorted(numbers, key=lambda number: _rank(number, servers[number], priors[number]))
        for numbers in groups
    ]


def _is_one(key: str, numbers: Sequence[int], servers: Named) -> bool:
    if key.startswith("source:"):
        return _one_each(numbers, servers)
    return key.startswith("remote:") or len(numbers) <= MOST_OF_PACKAGE


def _one_each(numbers: Iterable[int], servers: Named) -> bool:
    namespaces = [servers[number][0].partition("/")[0].lower() for number in numbers]
    return len(set(namespaces)) == len(namespaces)


def _rank(number: int, server: tuple[str, Identity], prior: int) -> tuple[int, bool, int]:
    """Put the better entry first, then that of the repository's own account, then the older one."""
    name, keys = server
    namespace = name.partition("/")[0].lower()
    owners = {key.split("/")[1].lower() for key in keys if key.startswith("source:") and "/" in key}
    return -min(prior, 16), namespace.rpartition(".")[2] not in owners, number


def _top(root: dict[int, int], number: int) -> int:
    while root[number] != number:
        root[number] = root[root[number]]
        number = root[number]
    return number


def _join(root: dict[int, int], left: int, right: int) -> None:
    first, second = sorted((_top(root, left), _top(root, right)))
    root[second] = first
