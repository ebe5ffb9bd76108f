"""Each collection as a registry of its own: the same documents below `/collections/<slug>/`.

A client that is given that address finds the official paths there, with the servers of the
collection and no other. The list is in the collection's order, which is what a client shows.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from functools import cache, partial

from builder.catalogue import fingerprint
from builder.catalogue.apart import apart
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model.collection import CollectionFile
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.model.page_paths import INDEX
from builder.pages import default_documents
from builder.pages.address import collection_folder
from builder.pages.api.servers import SMALL, list_body, of_all, version_documents, written_prefixes

EVERY = "versions.json"
"""Every version of a collection's servers, deleted ones too: what a host that answers queries reads."""


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the documents of every collection."""
    for slug, collection in catalogue.collections.items():
        folder = collection_folder(slug)
        servers = servers_of(catalogue, collection)
        yield json_page(f"{folder}/collection.json", _described(slug, collection, servers))
        yield from _api(catalogue, folder, servers, config)


def servers_of(catalogue: Catalogue, collection: CollectionFile) -> list[Server]:
    """Return the servers of a collection that are shown, in its order."""
    listed = (catalogue.by_name.get(name) for name in collection.servers)
    return [server for server in listed if server is not None and server.latest is not None]


def _described(
    slug: str, collection: CollectionFile, servers: Sequence[Server]
) -> dict[str, object]:
    return {
        "slug": slug,
        "title": collection.title,
        "summary": collection.summary,
        "text": collection.text,
        "servers": [server.name for server in servers],
        "registry": "v0.1/servers",
    }


def _api(
    catalogue: Catalogue, folder: str, servers: Sequence[Server], config: Config
) -> Iterator[Page]:
    hashes = catalogue.derived(fingerprint.servers)
    inputs = fingerprint.of([folder, *(hashes[server.name] for server in servers)])
    whole = cache(partial(_list, servers, apart(catalogue, config), config))
    every = partial(_every, servers, config)
    yield Page(f"{folder}/registry.json", whole, inputs)
    yield Page(f"{folder}/{EVERY}", every, inputs)
    for prefix in written_prefixes(config):
        for page in _documents(f"{folder}/{prefix}", whole, servers, config):
            key = page.path.removeprefix(f"{folder}/{prefix}/servers/").rpartition("/versions")[0]
            yield Page(page.path, page.content, hashes.get(key, inputs))


def _documents(
    api: str, whole: Callable[[], bytes], servers: Sequence[Server], config: Config
) -> Iterator[Page]:
    made = [Page(f"{api}/servers/{INDEX}", whole)]
    made += (json_page(f"{api}/{name}/{INDEX}", body) for name, body in SMALL.items())
    for server in servers:
        made += version_documents(f"{api}/servers/{server.name}", server.visible, config)
    yield from made
    if default_documents.are_wanted(config):
        yield from (default_documents.copy(page) for page in made)
    yield from default_documents.beside_folders(made, config)


def _list(servers: Sequence[Server], left: Container[str], config: Config) -> bytes:
    latest = [server.latest for server in servers if server.name not in left]
    items = [version.item(config.extension_namespace) for version in latest if version]
    return list_body(items, metadata=of_all(config, len(servers) - len(latest)))


def _every(servers: Sequence[Server], config: Config) -> bytes:
    versions = (version for server in servers for version in server.versions)
    ordered = sorted(versions, key=lambda version: version.key)
    return list_body(version.item(config.extension_namespace) for version in ordered)
