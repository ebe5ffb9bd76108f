"""index.json, the service index: the one address that a sync client needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages.api.servers import extension, prefixes

SERVICE_INDEX_VERSION = "1.0.0"


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the service index, which names the generation (the commit) that is served."""
    index = {
        "version": SERVICE_INDEX_VERSION,
        "generation": catalogue.commit,
        "resources": resources(config),
    }
    yield json_page("index.json", index)


def resources(config: Config) -> list[Mapping[str, str]]:
    """List what this registry serves: type, URL relative to index.json, and what it is."""
    lists = [
        {
            "type": f"Servers/{prefix}",
            "url": f"{prefix}/servers",
            "comment": "The official API: list of servers.",
        }
        for prefix in prefixes(config)
    ]
    copies = [
        {"type": kind, "url": f"{extension(config)}/{path}", "comment": comment}
        for kind, path, comment in _COPIES
    ]
    return [
        *lists,
        *copies,
        {
            "type": "OpenAPI",
            "url": "openapi.json",
            "comment": "OpenAPI 3.1 description of the API.",
        },
        {"type": "Site", "url": "./", "comment": "The site for people."},
    ]


_COPIES = (
    ("ServerPages", "pages/all/index.json", "Every version, in pages of at most 100."),
    ("LatestPages", "pages/latest/index.json", "Each server's latest version, in such pages."),
    ("Changes", "changes/index.json", "Everything that ever changed, in shards of 256 events."),
    ("Head", "head.json", "Anything new? Sequence number and hashes, always small."),
    (
        "Log",
        "log/tree",
        "The change log as a Merkle tree: its tiles and signed checkpoint are here.",
    ),
    ("Snapshot", "snapshot.jsonl.gz", "Every version in one file, to start a copy from."),
    ("Search", "search/index.json", "The site's search index: terms, servers, filters."),
)
