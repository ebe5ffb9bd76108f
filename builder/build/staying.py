"""What a process that stays keeps in memory from one build to the next one of the same site.

It stands for the site that one record describes. A build that does not go on from that site - another
process has built since, the settings are others - has nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.build.record import SiteRecord
from builder.cache.memo import Memo
from builder.cache.store import Cache
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue, Earlier


@dataclass(slots=True)
class LastCatalogue:
    """The hashes of the servers of the last build by their names, and the values made of them."""

    _site: SiteRecord | None = None
    _hashes: Mapping[str, str] = field(default_factory=dict)
    _values: Mapping[Any, Any] = field(default_factory=dict)
    _memory: Mapping[tuple[str, str], Any] = field(default_factory=dict)

    def memo(self, cache: Cache, site: SiteRecord | None) -> Memo:
        """Return the memo of a build that goes on from a site (None: from nothing)."""
        memory = self._memory if site is not None and site == self._site else {}
        return Memo(cache, site.memo if site else None, memory)

    def attach(self, catalogue: Catalogue, site: SiteRecord | None) -> Catalogue:
        """Return a catalogue of a build that goes on from a site with the values of the last one."""
        if site is None or site != self._site:
            return catalogue
        hashes = catalogue.derived(fingerprint.servers)
        changed = frozenset(name for name, _ in hashes.items() ^ self._hashes.items())
        return catalogue.with_earlier(
            Earlier(
                values=self._values,
                changed=changed,
                same_names=all((name in hashes) == (name in self._hashes) for name in changed),
            )
        )

    def keep(self, site: SiteRecord, catalogue: Catalogue) -> None:
        """Keep the values of the catalogue that a site was made from."""
        self._site = site
        self._hashes = catalogue.derived(fingerprint.servers)
        self._values = catalogue.renewable()
        self._memory = catalogue.memo.memory or {}
