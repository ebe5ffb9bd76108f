"""A registry with everything that hosts and queries stumble over, built into a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from builder.catalogue.catalogue import Catalogue
from builder.model.config import Config, SitePages
from builder.model.page import Page
from builder.pages import discovery, host_files, search
from builder.pages.api import collection, openapi, service_index
from builder.pages.api.servers import catalogue_pages, server_pages
from builder.pages.sync import head, names
from tests.output.folder import write_folder, write_packed
from tests.registry import CONFIG, Content, Registry, entry, entry_file

Kind = Literal["files", "packed", "lean", "packed lean"]
"""What a site is built as."""
EVERY_HOST = "hosts: [github-pages, cloudflare, netlify, vercel, azure, nginx, caddy, apache, s3]\n"
PREFIX = "/registry"
WORDS = ("weather", "github", "sql", "files", "search", "maps", "mail")
PUBLISHERS = ("alice", "bob", "Carol", "dave-corp", "erin")
ODD_VERSIONS = ("1.0.0+build.5", "2.0.0-rc.1", "2024.01.05", "snapshot")
ODD = "com.example/odd.name_x"
DELETED = "com.example/withdrawn"
PARTLY_DELETED = "com.example/partly"
CHOSEN = ("io.github.bob/maps-1", PARTLY_DELETED, ODD, DELETED)
"""The servers of the collection `chosen`, in its order."""


def settings(prefix: str = "") -> str:
    """Return registry.yaml; in the repository's address is what would be a variable for nginx."""
    based = CONFIG.replace("registry.example.com", f"registry.example.com{prefix}")
    return based.replace("example/registry", "example/registry$args") + EVERY_HOST


def make(root: Path, *, prefix: str = "") -> Registry:
    """Write the repository: some 260 servers with 560 versions, in nine commits."""
    registry = Registry(root, settings(prefix))
    for round_number, files in enumerate(_rounds()):
        registry.commit(files, after=3600 * (round_number + 1))
    registry.commit(
        {
            f"servers/{PARTLY_DELETED}/status.yaml": _status("deleted", "2.0.0"),
            f"servers/{DELETED}/status.yaml": _status("deleted", "*"),
            "servers/io.github.alice/mail-0/status.yaml": _status("deprecated", "1.0.0"),
            "servers/io.github.alice/mail-7/status.yaml": _status("deleted", "*"),
        }
    )
    registry.commit({**_mirrored(), "collections/chosen.yaml": _chosen()})
    return registry


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Every page that a client of the API can see, and the files of the hosts."""
    for server in catalogue.servers:
        yield from server_pages(server, None, config)
        yield from host_files.server_pages(server, None, config)
        yield from discovery.server_pages(server, None, config)
    for make_pages in (
        catalogue_pages,
        service_index.pages,
        head.pages,
        names.pages,
        collection.pages,
        search.index_pages,
        discovery.catalogue_pages,
        host_files.catalogue_pages,
    ):
        yield from make_pages(catalogue, config)
    yield from openapi.pages(config)
    yield Page("index.html", b"<!doctype html><title>Registry</title>")
    yield Page("404.html", b"<!doctype html><title>Not found</title>")


def build(registry: Registry, out: Path, kind: Kind = "files") -> Catalogue:
    """Build the registry's last commit into a folder; its catalogue."""
    loaded = registry.load()
    settings = {"form": "packed" if kind.startswith("packed") else "files"}
    lean = SitePages(lean=kind.endswith("lean"))
    config = loaded.config.model_copy(update={**settings, "pages": lean})
    made = pages(loaded.catalogue, config)
    if config.is_packed:
        write_packed(made, out, config)
    else:
        write_folder(made, out)
    return loaded.catalogue


def _rounds() -> Iterator[Mapping[str, Content]]:
    """First versions of all servers, then more versions of some of them."""
    servers = [
        f"io.github.{publisher}/{word}-{number}"
        for publisher in PUBLISHERS
        for number in range(7)
        for word in WORDS
    ]
    yield {path: body for name in servers for path, body in entry_file(name).items()}
    for step in range(1, 6):
        chosen = servers[step :: step + 2]
        yield {p: b for name in chosen for p, b in entry_file(name, f"1.{step}.0").items()}
    odd: dict[str, Content] = {}
    for version in (*ODD_VERSIONS, "1.0.0"):
        odd[f"servers/{ODD}/{version}.json"] = entry(
            ODD, version, title='Odd “names” – 日本語 \\ "q"'
        )
    odd |= entry_file(DELETED)
    for version in ("1.0.0", "2.0.0"):
        odd |= entry_file(PARTLY_DELETED, version)
    yield odd


def _chosen() -> str:
    servers = "".join(f"  - {name}\n" for name in CHOSEN)
    return f"title: Chosen\nservers:\n{servers}"


def _status(status: str, *versions: str) -> str:
    return "".join(f'"{version}": {{status: {status}}}\n' for version in versions)


def _mirrored() -> Mapping[str, Content]:
    """A server from upstream whose clock is ahead of our commits, with numbers JavaScript rounds."""
    name = "ai.upstream/mirrored"
    block: dict[str, Any] = {
        "status": "active",
        "statusChangedAt": "2025-09-09T00:16:49.16262Z",
        "publishedAt": "2025-09-09T00:16:49.16262Z",
        "updatedAt": "2025-10-01T12:00:00.5Z",
        "isLatest": True,
    }
    publisher = {"io.modelcontextprotocol.registry/publisher-provided": {"id": 2**60 + 1, "x": 1.0}}
    return {
        f"servers/{name}/3.1.4.json": entry(name, "3.1.4", _meta=publisher),
        f"servers/{name}/upstream.json": {
            "source": "https://registry.modelcontextprotocol.io",
            "versions": {"3.1.4": block},
        },
    }
