"""The index over the real registry of a date, made once; and its words."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache

import orjson

from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server, Version
from builder.model import timestamp
from builder.model.config import Config
from builder.model.server_json import OFFICIAL
from builder.model.sidecars import Status
from builder.pages.address import search_folder
from builder.pages.search import index_pages
from builder.search.index import SearchIndex
from builder.words.split import split
from tests.data import dump

CONFIG = Config(
    title="Real",
    base_url="https://registry.example.com",
    extension_namespace="com.example.registry",
)
DATE = "2025-12-12"


def catalogue(date: str) -> Catalogue:
    """The registry as the dump has it; times are the official ones."""
    versions: dict[str, list[Version]] = defaultdict(list)
    for item in dump(date):
        server, official = item["server"], item["_meta"][OFFICIAL]
        published = timestamp.parse(official["publishedAt"])
        versions[server["name"]].append(
            Version(
                name=server["name"],
                version=server["version"],
                document=orjson.dumps(server),
                blob="",
                status=Status(official["status"]),
                status_message="",
                published=published,
                status_changed=published,
                updated=timestamp.parse(official["updatedAt"]),
                is_latest=official["isLatest"],
            )
        )
    servers = tuple(Server.of(name, tuple(versions[name])) for name in sorted(versions))
    return Catalogue(commit="0" * 40, time=0, servers=servers)


@cache
def files(date: str = DATE) -> dict[str, bytes]:
    """The files of the index by their path in its folder."""
    folder = f"{search_folder(CONFIG)}/"
    pages = index_pages(catalogue(date), CONFIG)
    return {page.path.removeprefix(folder): page.body for page in pages}


@cache
def index(date: str = DATE) -> SearchIndex:
    """The index, to be searched."""
    return SearchIndex(files(date).__getitem__)


@cache
def words() -> frozenset[str]:
    """Every word of the real registry, and of the tables of meaning."""
    texts = (json.dumps(item["server"], ensure_ascii=False) for item in dump(DATE))
    tables = files()["part/" + json.loads(files()["index.json"])["meaning"] + ".json"].decode()
    return frozenset(word for text in [*texts, tables] for word in split(text))
