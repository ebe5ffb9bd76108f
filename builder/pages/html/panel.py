"""The install panel of a server's latest version, which several of its pages show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from builder import install
from builder.catalogue.server import Version
from builder.install import Link, Panel


@lru_cache(
    maxsize=1
)  # the server's page, the version's and the Markdown copy come one after the other
def panel(version: Version) -> Panel:
    """Make the whole panel of a version: 0.6 ms."""
    return install.panel(version.name, version.content())


def own_links(panel: Panel) -> Iterator[tuple[str, Link]]:
    """Return the server's own addresses on the web, each with what to call it."""
    for name, link in (("Source code", panel.repository), ("Website", panel.website)):
        if link is not None:
            yield name, link
