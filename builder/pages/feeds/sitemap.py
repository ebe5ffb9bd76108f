"""The sitemap: an index and 64 parts (8 on a lean site), by the hash of the namespace.

A new server changes one part (its own, with its namespace) and one line of the index.
https://www.sitemaps.org/protocol.html: at most 50,000 addresses a part, so three million servers, or
on a lean site, whose host takes no more than 200,000 files, more than it can have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from builder.catalogue.catalogue import Catalogue, Renewable
from builder.model.config import Config
from builder.model.page import Page
from builder.pages.address import namespace_url
from builder.pages.html.environment import inputs_hash, render_file
from builder.pages.html.order import lists_by
from builder.pages.html.row import ServerRow
from builder.pages.html.text import date

PARTS, LEAN_PARTS = 64, 8
_GENERAL = ("", "browse/", "topics/", "namespaces/", "stats/", "feeds/", "badges/")


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """An address, relative to the site's root, and the day it last changed, "" if unknown."""

    url: str
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapPart:
    """The servers of one part by name, a hash over all of them, and when the last one changed."""

    rows: Sequence[ServerRow]
    key: str
    changed: int


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the index `sitemap.xml` and its parts."""
    parts = catalogue.derived(_LEAN_PARTS if config.pages.lean else _PARTS)
    index = [SitemapEntry(url="sitemap/general.xml")]
    left_out = ("badges/",) if config.pages.lean else ()
    general = [
        *(url for url in _GENERAL if url not in left_out),
        *(("docs/",) if config.documentation else ()),
    ]
    yield _urls("sitemap/general.xml", [SitemapEntry(url=url) for url in general], config)
    for name, part in sorted(parts.items()):
        path = f"sitemap/{name}.xml"
        index.append(SitemapEntry(url=path, day=date(part.changed)))
        yield Page(path, partial(_part, path, config, part.rows), part.key)
    yield render_file("sitemap.xml", "sitemap.xml", config, parts=index)


def _parts(number: int) -> Renewable[dict[str, SitemapPart]]:
    """Return what gives so many parts by name, those that have a server."""
    return lists_by(
        lambda row: (_part_of(row.namespace, number),),
        lambda _part: attrgetter("name"),
        lambda _part, servers: SitemapPart(
            rows=servers,
            key=inputs_hash([row.key for row in servers]),
            changed=max(row.changed for row in servers),
        ),
    )


def _part_of(namespace: str, parts: int) -> str:
    digest = hashlib.sha256(namespace.encode("utf-8", "replace")).digest()
    return f"{digest[0] % parts:02d}"


_PARTS, _LEAN_PARTS = _parts(PARTS), _parts(LEAN_PARTS)


def _part(path: str, config: Config, rows: Sequence[ServerRow]) -> bytes:
    return _urls(path, list(_places(rows, config)), config).body


def _places(shown: Sequence[ServerRow], config: Config) -> Iterator[SitemapEntry]:
    namespaces: dict[str, int] = {}
    for row in shown:
        namespaces[row.namespace] = max(row.changed, namespaces.get(row.namespace, 0))
        yield SitemapEntry(url=row.url, day=row.day)
    for namespace, changed in {} if config.pages.lean else namespaces.items():
        yield SitemapEntry(url=namespace_url(namespace), day=date(changed))


def _urls(path: str, places: Sequence[SitemapEntry], config: Config) -> Page:
    return render_file("sitemap-part.xml", path, config, places=places)
