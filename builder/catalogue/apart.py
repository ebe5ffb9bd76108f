"""Mirrored servers that stand apart from the list of all: a strict client would refuse the list.

Upstream has entries that break the schema of today. A host that ignores queries serves one list
to everybody, and a client that refuses one entry sees none (`policy.mirror.invalid`).
"""

from __future__ import annotations

from functools import partial

from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import BreaksSchema, Catalogue
from builder.catalogue.server import Server
from builder.model.config import Config


def apart(catalogue: Catalogue, config: Config) -> frozenset[str]:
    """Return the names of the servers whose latest version is not in the list of all."""
    if config.policy.mirror.invalid == "taken":
        return frozenset()
    return catalogue.derived(_broken)


def _broken(catalogue: Catalogue) -> frozenset[str]:
    broken = by_server(catalogue, "apart", partial(_is_broken, catalogue.breaks_schema))
    return frozenset(name for name, is_broken in broken.items() if is_broken)


def _is_broken(breaks: BreaksSchema, server: Server) -> bool:
    latest = server.latest
    return latest is not None and bool(latest.source) and breaks(latest.document)
