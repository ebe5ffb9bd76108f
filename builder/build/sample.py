"""What the pages of a registry's servers will take, measured on some of them.

Thirty servers are rendered, from those with the fewest versions to those with the most, and a line is laid
through what they took: so much for a server, so much for each of its versions. The settings decide
by themselves what is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import StatisticsError, fmean, linear_regression

from builder import pages
from builder.build.packed_texts import packed_texts
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server
from builder.model.config import Config
from builder.model.page import Page
from builder.pack import document
from builder.pages.html.group import groups
from builder.runtime import deflate
from builder.runtime.deflate import Deflate

SERVERS = 30
_ROW = 38
"""Bytes of a document's row in the directory of a pack, compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledSize:
    """What all servers and namespaces take together, and one item of a list.

    `item` is the bytes of an item, `gzip` the part of them that is left of many items in gzip.
    """

    files: float
    bytes: float
    item: float
    gzip: float


def sampled_size(catalogue: Catalogue, config: Config) -> SampledSize:
    """Measure a sample of the servers as the site has them in its form, for all of them."""
    begun = {name: deflate.begun(text) for name, text in packed_texts(config).items()}
    size_of = _packed(begun) if config.is_packed else _plain
    chosen = _chosen(catalogue.servers)
    counts = [float(server.count) for server in chosen]
    files, sizes = [], []
    for server in chosen:
        namespace = catalogue.namespaces.get(server.namespace)
        made = [size_of(page) for page in pages.server_pages(server, namespace, config)]
        files.append(float(len(made)))
        sizes.append(float(sum(made)))
    small = replace(catalogue, servers=chosen)
    spaces = [
        [size_of(page) for page in pages.namespace_pages(group, config)]
        for group in groups(small).values()
    ]
    namespaces = len({server.namespace for server in catalogue.servers})
    items = [
        version.item(config.extension_namespace)
        for server in chosen
        for version in server.versions[:5]
    ]
    return SampledSize(
        files=_for_all(counts, files, catalogue) + namespaces * _mean(map(len, spaces)),
        bytes=_for_all(counts, sizes, catalogue) + namespaces * _mean(map(sum, spaces)),
        item=_mean(map(len, items)),
        gzip=len(deflate.gzip_member(b",".join(items))) / max(1, sum(map(len, items))),
    )


def _chosen(servers: Sequence[Server]) -> tuple[Server, ...]:
    ordered = sorted(servers, key=lambda server: (server.count, server.name))
    number = min(SERVERS, len(ordered))
    return tuple(ordered[(2 * place + 1) * len(ordered) // (2 * number)] for place in range(number))


def _for_all(counts: Sequence[float], values: Sequence[float], catalogue: Catalogue) -> float:
    """Return what all servers take, by the line through what those of the sample do."""
    servers, versions = len(catalogue.servers), sum(server.count for server in catalogue.servers)
    try:
        line = linear_regression(counts, values)
    except StatisticsError:  # all have as many versions
        return servers * _mean(values)
    return servers * line.intercept + versions * line.slope


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return fmean(listed) if listed else 0.0


def _plain(page: Page) -> int:
    return len(page.body)


def _packed(begun: Mapping[str, Deflate]) -> Callable[[Page], int]:
    def size_of(page: Page) -> int:
        return len(document.stored(page.path, page.body, begun)[0]) + _ROW

    return size_of
