"""What was made before, by the hash of what it was made from: it cannot be out of date.

For values that pages of the whole registry are made of, server by server or shard by shard: what
has not changed is looked up instead of made again. What one build does not ask for is forgotten
by the next. Without a cache (an archive, `serve`) everything is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from builder.cache.store import Cache, decode, encode

Value = TypeVar("Value")
BLOCKS = 256
EMPTY: Sequence[str] = ("",) * BLOCKS


class Memo:
    """Values (of JSON) and bytes by a kind and a hash of their inputs.

    They are kept in 256 blocks by the first byte of the hash, so that one new value renews one.
    `known` names the blocks of the build before.
    """

    def __init__(self, cache: Cache | None = None, known: Sequence[str] = EMPTY) -> None:
        self._cache = cache
        self._known = known
        self._old: dict[int, dict[str, Any]] = {}
        self._used: list[dict[str, Any]] = [{} for _ in range(BLOCKS)]
        self._data: set[str] = set()

    def value(self, kind: str, inputs: str, make: Callable[[], Value]) -> Value:
        """Give what `make` makes (plain JSON) of inputs with this hash (hex; "": unknown)."""
        if self._cache is None or not inputs:
            return make()
        number, key = int(inputs[:2], 16), f"{kind} {inputs}"
        found: Value
        if key in self._used[number]:
            found = self._used[number][key]
        else:
            known = self._block(number)
            found = self._used[number][key] = known[key] if key in known else make()
        return found

    def data(self, kind: str, inputs: str, make: Callable[[], bytes]) -> bytes:
        """Give the bytes that `make` makes of inputs with this hash; each is a block of its own."""
        cache = self._cache
        if cache is None or not inputs:
            return make()
        made: list[bytes] = []

        def keep() -> str:
            made.append(make())
            return cache.write(made[0])

        digest = self.value(kind, inputs, keep)
        self._data.add(digest)
        return made[0] if made else cache.read(digest)

    def known(self, kind: str, inputs: str) -> Any:
        """Give the value that the build before made of inputs with this hash, None if it did not."""
        if self._cache is None or not inputs:
            return None
        return self._block(int(inputs[:2], 16)).get(f"{kind} {inputs}")

    def save(self) -> dict[str, Any]:
        """Write what was asked for; the part of a root that names it."""
        if self._cache is None:
            return {}
        blocks = [self._save(self._cache, number) for number in range(BLOCKS)]
        return {"memo": blocks, "data": sorted(self._data)}

    def _save(self, cache: Cache, number: int) -> str:
        used = self._used[number]
        if not used:
            return ""
        if used.keys() == self._old.get(number, {}).keys():
            return self._known[number]
        return cache.write(encode(used))

    def _block(self, number: int) -> dict[str, Any]:
        if number not in self._old:
            name = self._known[number]
            self._old[number] = decode(self._cache.read(name)) if self._cache and name else {}
        return self._old[number]
