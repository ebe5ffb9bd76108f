"""Which named hosts a registry will not fit, told before a page is made, with the settings that make it fit.

A site's size follows from what is in the registry. The figures are measured (`make bench`) over the
kinds of entries that the official registry has; a registry of other entries is told what it is near.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builder.build.limits import WARNS_FROM
from builder.catalogue.catalogue import Catalogue
from builder.hosts.table import Host, named
from builder.model.config import Config

_PACK = 300_000
"""Bytes of a pack on the average."""
_CHANGES: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("form: packed", {"form": "packed"}),
    ("api: {v0: false}", {"api": {"v0": False}}),
    ("pages: {full_versions: 1}", {"pages": {"full_versions": 1}}),
)
"""Settings that make a site smaller, the one that costs least first."""


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Bytes of each thing in a form of the site, measured at 10,000 versions."""

    version: int
    copy: int
    server: int
    full_page: int
    moved_page: int
    namespace: int
    rest: int


_FILES = _Bytes(5_900, 2_100, 37_600, 9_100, 270, 7_600, 3_000_000)
_PACKED = _Bytes(2_000, 900, 12_000, 3_800, 270, 2_700, 1_500_000)


@dataclass(frozen=True, slots=True)
class ExpectedSize:
    """How many files a site will have, and bytes, within a tenth or so."""

    files: int
    bytes: int


def expected_size(catalogue: Catalogue, config: Config) -> ExpectedSize:
    """Estimate the size of a site from what is in its registry."""
    servers, versions = len(catalogue.servers), sum(one.count for one in catalogue.servers)
    namespaces = len({server.namespace for server in catalogue.servers})
    full = sum(min(one.count, config.pages.full_versions) - 1 for one in catalogue.servers)
    copies = 2 if config.needs_v0_files else 1
    of = _PACKED if config.is_packed else _FILES
    size = (
        versions * (of.version + (copies - 1) * of.copy)
        + servers * of.server
        + full * of.full_page
        + (versions - full) * of.moved_page
        + namespaces * of.namespace
        + of.rest
    )
    if config.is_packed:
        return ExpectedSize(size // _PACK + 50, size)
    documents = copies * (versions + 2 * servers)
    return ExpectedSize(documents + versions + 4 * servers + 2 * namespaces + 2_000, size)


def forecast(catalogue: Catalogue, config: Config) -> Iterator[str]:
    """Yield a sentence for each named host that the site will not fit, or of which it will be 80 %."""
    size = expected_size(catalogue, config)
    for host in named(config.hosts):
        for what, value, limit in _limits(host, size):
            if value >= WARNS_FROM * limit:
                yield (
                    f"{host.title}: the site will have about {value:,} {what}, at most {limit:,} "
                    f"are taken{_remedy(catalogue, config, host)}"
                )


def _limits(host: Host, size: ExpectedSize) -> Iterator[tuple[str, int, int]]:
    """Yield what the largest plan of a host takes, beside what the site will have."""
    for what, value, attribute in (
        ("files", size.files, "files"),
        ("bytes", size.bytes, "total_bytes"),
    ):
        stated = [limit for plan in host.plans if (limit := getattr(plan, attribute)) is not None]
        if stated:
            yield what, value, max(stated)


def _remedy(catalogue: Catalogue, config: Config, host: Host) -> str:
    """Name the settings that make the site fit; "" if none do."""
    needed = []
    for text, change in _CHANGES:
        if change.get("form") == "packed" and not host.serves_packs:
            continue
        changed = Config.model_validate({**config.model_dump(), **_merged(config, change)})
        if changed == config:
            continue
        config = changed
        needed.append(f"`{text}`")
        size = expected_size(catalogue, config)
        if all(value < WARNS_FROM * limit for _, value, limit in _limits(host, size)):
            return f"; {' and '.join(needed)} in registry.yaml make it about {size.bytes:,} bytes in {size.files:,} files"
    return ""


def _merged(config: Config, change: Mapping[str, object]) -> dict[str, object]:
    own = config.model_dump()
    return {
        key: {**own[key], **value} if isinstance(value, dict) else value
        for key, value in change.items()
    }
