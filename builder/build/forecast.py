"""Which named hosts a registry will not fit, told before a page is made, with the settings that make it fit.

What servers take is measured on some of them (sample.py), lists and logs follow from how many items
and events they have, and the constants of the rest are measured on a registry of the kinds of
entries that the official one has. tests/build/test_forecast.py holds it to a built registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp

from builder.build.limits import WARNS_FROM
from builder.build.sample import SampledSize, sampled_size
from builder.catalogue.catalogue import Catalogue
from builder.hosts.table import Host, named
from builder.model.config import Config
from builder.pages.feeds.sitemap import LEAN_PARTS, PARTS
from builder.pages.sync.changes import JOINED, SHARD
from builder.search.index import BUNDLE, LEAN_BUNDLE

_PACK = 360_000
"""Bytes of a pack on the average."""
_BESIDE = 45
"""Files of a packed site that are no packs: what hosts and the worker read by themselves."""
_LOOKUPS = 1024
"""Lookup files of the log, once every group of names has a server."""
_SERVERS_OF_TERMS = 40
"""Servers whose terms make up a file of the search index."""
_Change = Mapping[str, Mapping[str, object] | str]
_CHANGES: Mapping[str, _Change] = {
    "form: packed": {"form": "packed"},
    "api: {without_redirects: false}": {"api": {"without_redirects": False}},
    "api: {v0: false}": {"api": {"v0": False}},
    "pages: {full_versions: 1}": {"pages": {"full_versions": 1}},
    "pages: {lean: true}": {"pages": {"lean": True}},
}
"""Settings that make a site smaller, the one that costs least first."""
_REMEDIES = (
    ("form: packed",),
    ("api: {without_redirects: false}",),
    ("api: {v0: false}",),
    ("pages: {full_versions: 1}",),
    ("api: {without_redirects: false}", "api: {v0: false}"),
    ("api: {v0: false}", "pages: {full_versions: 1}"),
    ("pages: {lean: true}",),
    ("form: packed", "pages: {lean: true}"),
    ("api: {v0: false}", "pages: {lean: true}"),
    ("api: {without_redirects: false}", "api: {v0: false}", "pages: {lean: true}"),
)
"""What is tried, the first that fits is told."""


@dataclass(frozen=True, slots=True)
class ExpectedSize:
    """How many files a site will have, and bytes, within a quarter."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Registry:
    """How much of everything there is."""

    servers: int
    versions: int
    events: int


def expected_size(catalogue: Catalogue, config: Config) -> ExpectedSize:
    """Estimate the size of a site from what is in its registry."""
    of = _Registry(
        servers=len(catalogue.servers),
        versions=sum(server.count for server in catalogue.servers),
        events=len(catalogue.events),
    )
    sample = sampled_size(catalogue, config)
    size = int(sample.bytes + _lists(of, sample, config) + _rest(of, config))
    if config.is_packed:
        return ExpectedSize(size // _PACK + _BESIDE, size)
    return ExpectedSize(int(sample.files) + _list_files(of, config), size)


def _lists(of: _Registry, sample: SampledSize, config: Config) -> float:
    """Return the bytes of what has every server, version or event as the API shows it."""
    copies = 2 if config.needs_v0_files else 1
    whole = 1 + copies * (2 if config.api.without_redirects else 1)
    rows = of.versions + of.servers + (of.servers * whole if config.needs_whole_list else 0)
    event, full = sample.item + 110, of.events // SHARD * SHARD
    shrunk = sample.gzip if config.pages.lean else 1
    log = event * (full * shrunk + of.events - full)
    snapshot = of.versions * sample.item * sample.gzip
    if config.is_packed:
        return (rows * sample.item + of.events * event) * sample.gzip + snapshot
    return rows * sample.item + log + snapshot


def _rest(of: _Registry, config: Config) -> float:
    """Return the bytes of lists for people, search, tiles and entries of the log, assets and documentation."""
    tiles = of.events * 296 + of.servers * 377
    feeds = min(of.servers * 1_300, 1_600_000)
    people = of.servers * (1_000 if config.pages.lean else 4_500) + feeds
    search, always = of.servers * 660, 900_000 + (2_400_000 if config.documentation else 0)
    if config.is_packed:
        return tiles * 0.5 + people * 0.2 + search * 0.4 + always * 0.5
    return tiles + people + search + always


def _list_files(of: _Registry, config: Config) -> int:
    """Return how many files a site has that are not of a server, a version or a namespace."""
    shard, bundle, sitemap = (
        (JOINED, LEAN_BUNDLE, LEAN_PARTS) if config.pages.lean else (SHARD, BUNDLE, PARTS)
    )
    lists = of.versions / 64 + of.servers / 56 + of.events / shard
    log = of.events / 100 + _LOOKUPS * (1 - exp(-of.servers / _LOOKUPS))
    people = of.servers / 40 + sitemap + 156 + (180 if config.documentation else 0)
    return int(lists + log + people + of.servers / bundle + of.servers / _SERVERS_OF_TERMS)


def forecast(catalogue: Catalogue, config: Config, *, archive: bool = False) -> Iterator[str]:
    """Yield a sentence for each named host that the site will not fit, or of which it will be 80 %.

    An `archive` has a file for each address, whatever the form of the site.
    """
    if archive:
        config = config.model_copy(update={"form": "files"})
    hosts = [host for host in named(config.hosts) if _stated(host)]
    if not hosts or not catalogue.servers:
        return
    size = expected_size(catalogue, config)
    for host in hosts:
        for what, value, limit in _limits(host, size):
            if value >= WARNS_FROM * limit:
                yield (
                    f"{host.title}: the site will have about {value:,} {what}, at most {limit:,} "
                    f"are taken{_remedy(catalogue, config, host, archive=archive)}"
                )


def _stated(host: Host) -> list[str]:
    return [what for what, _, _ in _limits(host, ExpectedSize(0, 0))]


def _limits(host: Host, size: ExpectedSize) -> Iterator[tuple[str, int, int]]:
    """Yield what the largest plan of a host takes, beside what the site will have."""
    for what, value, attribute in (
        ("files", size.files, "files"),
        ("bytes", size.bytes, "total_bytes"),
    ):
        stated = [limit for plan in host.plans if (limit := getattr(plan, attribute)) is not None]
        if stated:
            yield what, value, max(stated)


def _remedy(catalogue: Catalogue, config: Config, host: Host, *, archive: bool) -> str:
    """Name the settings that make the site fit; "" if none do."""
    for texts in _REMEDIES:
        changes = [_CHANGES[text] for text in texts]
        if "form: packed" in texts and (archive or not host.serves_packs):
            continue
        if any(_merged(config, change) == config for change in changes):
            continue  # it is so already
        changed = config
        for change in changes:
            changed = _merged(changed, change)
        size = expected_size(catalogue, changed)
        if all(value < WARNS_FROM * limit for _, value, limit in _limits(host, size)):
            named_settings = " and ".join(f"`{text}`" for text in texts)
            return f"; {named_settings} in registry.yaml make it about {size.bytes:,} bytes in {size.files:,} files"
    return ""


def _merged(config: Config, change: _Change) -> Config:
    """Return settings with a change; sections of it are changed key by key."""
    own = {
        key: getattr(config, key).model_copy(update=dict(value))
        if isinstance(value, Mapping)
        else value
        for key, value in change.items()
    }
    return config.model_copy(update=own)
