"""How much one subject or one address may ask for: a bucket each, refilled as time goes by."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

MINUTE = 60.0
_MOST = 100_000
"""Buckets that are kept: where there are more, those that were asked last stay."""
_IPV6_NETWORK = 64
"""Bits that tell one network from others: whoever has one has every address in it (RFC 6177)."""


@dataclass(slots=True)
class RateLimit:
    """At most `per_minute` for each key, and as many at once; `now` is in seconds of any clock."""

    per_minute: int
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, now: float) -> int:
        """Take one; return 0, or the seconds after which there is one again."""
        with self._lock:
            left, since = self._buckets.get(key, (float(self.per_minute), now))
            left = min(self.per_minute, left + (now - since) * self.per_minute / MINUTE)
            if left < 1:
                return ceil((1 - left) * MINUTE / self.per_minute)
            if len(self._buckets) >= _MOST:
                self._forget(now)
            self._buckets[key] = (left - 1, now)
            return 0

    def _forget(self, now: float) -> None:
        recent = [(key, kept) for key, kept in self._buckets.items() if now - kept[1] < MINUTE]
        recent.sort(key=lambda one: one[1][1])
        self._buckets = dict(recent[-_MOST // 2 :])


def network_of(address: str) -> str:
    """Return what an address is counted as: an IPv4 address itself, of IPv6 the network that it is in."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(ip_network((int(known), _IPV6_NETWORK), strict=False))
    return address
