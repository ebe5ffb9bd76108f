"""A server as search sees it: its row, the words of each field, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from builder.catalogue import Catalogue, Server, Version
from builder.pages.html.row import Row, rows_by_server
from builder.pages.html.text import clean, objects
from builder.pages.search.words import joined, words

FORGES = {"github", "gitlab", "codeberg", "bitbucket"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One server; `fields` are its texts by weight (see terms.py), `facets` as `group:value`."""

    row: Row
    weights: Mapping[str, int]
    facets: tuple[str, ...]


def entries(catalogue: Catalogue) -> list[Entry | None]:
    """Every server by its number, in order of first appearance; None where nothing is to be shown."""
    rows, memo = catalogue.derived(rows_by_server), catalogue.memo
    found: list[Entry | None] = []
    for server in sorted(catalogue.servers, key=lambda server: (_first(server), server.name)):
        row, latest = rows[server.name], server.latest
        if row is None or latest is None:
            found.append(None)
            continue
        weights, facets = memo.value("search", row.key, partial(_made, row, latest))
        found.append(Entry(row=row, weights=weights, facets=tuple(facets)))
    return found


def _first(server: Server) -> int:
    return min(version.published for version in server.versions)


def _made(row: Row, latest: Version) -> tuple[dict[str, int], list[str]]:
    content = latest.content()
    return _weights(row, content), list(_facets(row, content))


def _weights(row: Row, content: Mapping[str, Any]) -> dict[str, int]:
    """The words of a server, each with the weight of the best field it stands in, 0 to 7."""
    found: dict[str, int] = {}
    for weight, texts in enumerate(_fields(row, content)):
        found.update((word, weight) for text in texts for word in text)
    return found


def _fields(row: Row, content: Mapping[str, Any]) -> Iterator[list[list[str]]]:
    """The words of each field, the least telling field first.

    The reverse-DNS prefix of the name says nothing: "github" is in nine names of ten.
    """
    packages, remotes = [*objects(content.get("packages"))], [*objects(content.get("remotes"))]
    yield [words(name) for name in _variables(packages, remotes)]
    yield [words(row.description)]
    yield [words(clean(package.get("identifier"))) for package in packages] + [
        words(_host(remote.get("url"))) for remote in remotes
    ]
    yield [words(part) for part in row.namespace.split(".")[1:] if part not in FORGES]
    yield [words(row.title)]
    yield [words(row.label)]
    yield [joined(row.title)]
    yield [joined(row.label)]


def _host(url: Any) -> str:
    try:
        return (urlsplit(clean(url)).hostname or "").rpartition(".")[0]
    except ValueError:
        return ""


def _variables(packages: list[dict[str, Any]], remotes: list[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for variable in objects(package.get("environmentVariables")):
            yield clean(variable.get("name"))
    for remote in remotes:
        for header in objects(remote.get("headers")):
            yield clean(header.get("name"))


def _facets(row: Row, content: Mapping[str, Any]) -> Iterator[str]:
    packages, remotes = [*objects(content.get("packages"))], [*objects(content.get("remotes"))]
    yield f"status:{'deprecated' if row.deprecated else 'active'}"
    yield from (f"type:{kind}" for kind in row.kinds if kind != "remote")
    yield from ("where:local",) if packages else ()
    yield from ("where:remote",) if remotes else ()
    transports = [package.get("transport") for package in packages] + [*remotes]
    found = (clean(one.get("type")) for one in objects(transports))
    yield from (f"transport:{name}" for name in dict.fromkeys(found) if name)
    yield f"packages:{'some' if packages else 'none'}"
    yield f"secrets:{'some' if _secret([*packages, *remotes]) else 'none'}"


def _secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get("isSecret") is True or any(map(_secret, value.values()))
    return isinstance(value, list) and any(map(_secret, value))
