"""The name index: every name with its versions, so that an edge host can find what a query asks for.

One line for each server, in byte order: its name, when anything of it last changed, and its
versions, separated by tabs. A version is percent-encoded as in a path; `!` after it says that it
is deleted, `*` that it is the latest. Shards hold about 10,000 names (100 KB compressed), are cut
by content so that a new server renews one of them, and are named by their content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.cache.chunks import pieces
from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import Catalogue, Renewable
from builder.catalogue.server import Server, Version
from builder.model import timestamp
from builder.model.config import Config
from builder.model.layout import encode_version
from builder.model.page import Page, json_page
from builder.pages.api.servers import extension
from builder.pages.sync import index

SIZE = 10_000
"""Names in a shard, on average."""


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """The shards, and their index: `{"shards": [{"url", "count", "first", "last", "sha256"}]}`."""
    folder = f"{extension(config)}/names"
    rows = []
    lines = by_server(catalogue, "line", line)
    for shard in catalogue.derived(shards):
        body = "".join([lines[name] for name in shard]).encode()
        digest = index.sha256(body)
        url = f"shard/{digest[:16]}.txt"
        yield Page(f"{folder}/{url}", body)
        rows.append(
            {
                "url": url,
                "count": len(shard),
                "first": shard[0],
                "last": shard[-1],
                "sha256": digest,
            }
        )
    yield json_page(f"{folder}/index.json", {"shards": rows})


def line(server: Server) -> str:
    """The line of one server, with its line feed; versions in byte order."""
    updated = max(version.updated for version in server.versions)
    versions = sorted(server.versions, key=lambda version: version.version)
    return "\t".join((server.name, timestamp.render(updated), *map(_marked, versions))) + "\n"


def cut(names: Iterable[str]) -> list[list[str]]:
    """Cut names into shards: one more renews one of them."""
    return [*pieces(names, SIZE, str)]


def _all_shards(catalogue: Catalogue) -> list[list[str]]:
    return cut(server.name for server in catalogue.servers)


def _renewed_shards(
    last: list[list[str]], catalogue: Catalogue, _changed: frozenset[str]
) -> list[list[str]]:
    assert catalogue.earlier is not None
    return last if catalogue.earlier.same_names else _all_shards(catalogue)


shards = Renewable(_all_shards, _renewed_shards)
"""The names of each shard; `catalogue.derived` cuts them once."""


def _marked(version: Version) -> str:
    deleted = "" if version.visible else "!"
    return encode_version(version.version) + deleted + ("*" if version.is_latest else "")
