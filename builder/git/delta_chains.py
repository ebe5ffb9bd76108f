"""Objects of packs, put together from their deltas one after the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from builder.git.packs import PackPlace, Packs

Made = TypeVar("Made")
_KEPT_BYTES = 64 << 20


class DeltaChains(Generic[Made]):
    """What `make` makes of objects; those made last are kept, since deltas go on from them.

    `make` gets what it made of an object's base and the delta to it, or None and the object's own
    bytes; `size` says how many bytes it holds.
    """

    def __init__(
        self,
        packs: Packs,
        make: Callable[[Made | None, bytes], Made],
        size: Callable[[Made], int],
    ) -> None:
        self._packs, self._make, self._size_of = packs, make, size
        self._kept = OrderedDict[PackPlace, Made]()
        self._size = 0

    def read(self, place: PackPlace) -> Made:
        """Return what is made of the object at a place."""
        chain: list[tuple[PackPlace, bytes]] = []
        at: PackPlace | None = place
        while at is not None and at not in self._kept:
            stored = self._packs.read(at)
            chain.append((at, stored.data))
            at = stored.base
        made = None if at is None else self._kept[at]
        for step, data in reversed(chain):
            made = self._make(made, data)
            self._keep(step, made)
        return self._kept[place]

    def _keep(self, place: PackPlace, made: Made) -> None:
        self._kept[place] = made
        self._size += self._size_of(made)
        while self._size > _KEPT_BYTES and len(self._kept) > 1:
            self._size -= self._size_of(self._kept.popitem(last=False)[1])
