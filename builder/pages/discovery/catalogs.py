"""The catalogues of both standards, whole or in parts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from builder.cache.chunks import pieces
from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.hosts.table import Tier, named
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages.api.servers import extension
from builder.pages.discovery.queries import representative_queries
from builder.pages.html.environment import inputs_hash
from builder.pages.html.row import ServerRow, rows, rows_by_server
from builder.pages.html.text import clean
from builder.search.resource import CATALOG_TYPE, NO_DOMAIN, REGISTRY_TYPE, publisher, resource

ARD, AI_CATALOG = ".well-known/ard.json", ".well-known/ai-catalog.json"
LARGEST = 1_000_000
"""Bytes of a catalogue: larger ones are cut. Readers stop at two million (hf-discover 1.3)."""
PART_BYTES = 350_000
"""Bytes of a part on average; it has at most twice that."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One of the two standards: its file, its version, and how it spells an entry."""

    name: str
    file: str
    version: str
    spelled: Callable[[Entry], Entry]


def _as_it_is(entry: Entry) -> Entry:
    return entry


def _with_media_type(entry: Entry) -> Entry:
    """AI Catalog had `mediaType` until 0.8: both are given, as readers of both are about."""
    return {**entry, "mediaType": entry["type"]}


STANDARDS = (
    Standard(name="ard", file=ARD, version="1.0", spelled=_as_it_is),
    Standard(name="ai-catalog", file=AI_CATALOG, version="0.9", spelled=_with_media_type),
)


def catalog_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Make the files of both standards."""
    shown, entries = rows(catalogue), _Entries(config)
    sizes = _sizes(catalogue, entries)
    is_cut = sum(sizes.values()) > LARGEST // 2  # `_with_media_type` adds a tenth
    parts = list(pieces(shown, PART_BYTES, _name, lambda row: sizes[row.name])) if is_cut else []
    for standard in STANDARDS:
        listed: list[Entry] = [*_registry(config)]
        for part in parts:
            page, link = _part(standard, part, entries, config)
            listed.append(link)
            yield page
        listed += [] if is_cut else map(entries.of, shown)
        yield json_page(standard.file, _document(standard, listed, config))


def registry_entry(base: str, host: str, title: str) -> Entry:
    """Return the entry of a search interface; `base` is its address, with a slash at its end."""
    return {
        "identifier": f"urn:air:{host}:registry",
        "displayName": title,
        "type": REGISTRY_TYPE,
        "url": base,
        "description": f"Search in {title}: POST search, GET agents, POST explore.",
        "representativeQueries": ["find an MCP server", "which tools are there for a task"],
    }


def _registry(config: Config) -> Iterator[Entry]:
    """Only where a host answers: plain hosts have files alone."""
    if any(host.tier is Tier.EDGE for host in named(config.hosts)):
        base = f"{config.base_url}/{extension(config)}/ard/"
        yield registry_entry(base, _domain(config), clean(config.title))


def _domain(config: Config) -> str:
    host = urlsplit(config.base_url).hostname or ""
    return publisher(".".join(reversed(host.split(".")))) if "." in host else NO_DOMAIN


def _entry(row: ServerRow, config: Config) -> Entry:
    made = resource(
        config.base_url, row.name, row.title, row.description, row.version, row.day, row.topic_titles
    )  # fmt: skip
    tools = {"capabilities": [*row.tools]} if row.tools else {}
    return {**made, **tools, "representativeQueries": representative_queries(row, row.tools)}


class _Entries:
    """The entries of servers, each made once, and only if it is asked for."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._made: dict[str, Entry] = {}

    def of(self, row: ServerRow) -> Entry:
        if row.name not in self._made:
            self._made[row.name] = _entry(row, self._config)
        return self._made[row.name]


def _sizes(catalogue: Catalogue, entries: _Entries) -> dict[str, int]:
    """Return the bytes of each shown server's entry and a comma, by the row's name."""
    shown = catalogue.derived(rows_by_server)

    def size(server: Server) -> int:
        row = shown[server.name]
        return len(orjson.dumps(entries.of(row))) + 1 if row else 0

    sizes = by_server(catalogue, "catalog-entry", size)
    return {row.name: sizes[name] for name, row in shown.items() if row}


def _part(
    standard: Standard, part: Sequence[ServerRow], entries: _Entries, config: Config
) -> tuple[Page, Entry]:
    first = hashlib.sha256(part[0].name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    path = f"{extension(config)}/discovery/{standard.name}-{first}.json"
    inputs = inputs_hash([standard.name, [row.key for row in part]])

    def body() -> bytes:
        return orjson.dumps(_document(standard, [entries.of(row) for row in part], config))

    link = {
        "identifier": f"urn:air:{_domain(config)}:catalog:{first}",
        "displayName": f"{clean(config.title)}: {part[0].name} to {part[-1].name}",
        "type": CATALOG_TYPE,
        "url": f"{config.base_url}/{path}",
        "description": f"{len(part)} MCP servers, by name.",
        "representativeQueries": [
            f"MCP servers of {part[0].namespace}",
            f"MCP servers of {part[-1].namespace}",
        ],
    }
    return Page(path, body, inputs), link


def _document(standard: Standard, entries: Sequence[Entry], config: Config) -> dict[str, Any]:
    domain = _domain(config)
    host = {
        "displayName": clean(config.title),
        **({} if domain == NO_DOMAIN else {"identifier": f"did:web:{domain}"}),
        "documentationUrl": f"{config.base_url}/{'docs/' if config.documentation else ''}",
    }
    return {
        "specVersion": standard.version,
        "host": host,
        "entries": [standard.spelled(entry) for entry in entries],
    }


def _name(row: ServerRow) -> str:
    return row.name
