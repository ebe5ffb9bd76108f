"""A server as search sees it: its row, the words of each field, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.pages.html.row import ServerRow, rows_by_server
from builder.pages.html.text import clean, objects
from builder.pages.search.words import joined, words

WEIGHTS = 8
FORGES = {"github", "gitlab", "codeberg", "bitbucket"}


class Entry(NamedTuple):
    """One server; `words` are those of each weight (see `_fields`), parted by spaces; `facets` are
    `group:value`.
    """

    row: ServerRow
    words: Sequence[str]
    facets: Sequence[str]


def entries(catalogue: Catalogue) -> list[Entry | None]:
    """Every server by its number, in order of first appearance; None where nothing is to be shown."""
    rows = catalogue.derived(rows_by_server)
    found = by_server(catalogue, "search", partial(_made, rows))
    order = sorted(found.items(), key=lambda item: (item[1][0], item[0]))
    return [Entry(row, *made) if (row := rows[name]) else None for name, (_, *made) in order]


def _made(rows: Mapping[str, ServerRow | None], server: Server) -> Sequence[Any]:
    """Give when a server appeared, and if it is shown the rest of its entry but the row."""
    first = min(version.published for version in server.versions)
    row, latest = rows[server.name], server.latest
    if row is None or latest is None:
        return (first,)
    content = latest.content()
    return first, _words(row, content), [*_facets(row, content)]


def _words(row: ServerRow, content: Mapping[str, Any]) -> list[str]:
    """The words of a server by weight, 0 to 7: that of the best field that a word stands in."""
    weights: dict[str, int] = {}
    for weight, texts in enumerate(_fields(row, content)):
        weights.update((word, weight) for text in texts for word in text)
    found: list[list[str]] = [[] for _ in range(WEIGHTS)]
    for word, weight in weights.items():
        found[weight].append(word)
    return [" ".join(some) for some in found]


def _fields(row: ServerRow, content: Mapping[str, Any]) -> Iterator[list[list[str]]]:
    """The words of each field, the least telling field first.

    The reverse-DNS prefix of the name says nothing: "github" is in nine names of ten. The whole
    namespace is one more term, for those who ask for all that is in it.
    """
    packages, remotes = [*objects(content.get("packages"))], [*objects(content.get("remotes"))]
    yield [words(name) for name in _variables(packages, remotes)]
    yield [words(row.description)]
    yield [words(_identifier(package)) for package in packages] + [
        words(_host(remote.get("url"))) for remote in remotes
    ]
    yield [words(part) for part in row.namespace.split(".")[1:] if part not in FORGES]
    yield [words(row.title)]
    yield [words(row.label)]
    yield [joined(row.title)]
    yield [joined(row.label), [f"@{row.namespace.lower()}"]]


def _identifier(package: Mapping[str, Any]) -> str:
    """What a package is called, without where it lies: bundles are on github.com, images on ghcr.io."""
    identifier, kind = clean(package.get("identifier")), package.get("registryType")
    if kind == "mcpb":
        return identifier.rpartition("/")[2].removesuffix(".mcpb")
    host, _, rest = identifier.partition("/")
    return rest if kind == "oci" and rest and ("." in host or ":" in host) else identifier


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


def _facets(row: ServerRow, content: Mapping[str, Any]) -> Iterator[str]:
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
