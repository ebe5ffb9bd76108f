"""Results by the hash of what they were made from: a result cannot be out of date.

For values that pages of the whole registry are made of, server by server or shard by shard: what
has not changed is looked up instead of made again. What one build does not ask for is forgotten
by the next. Without a cache (an archive, `serve`) everything is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from builder.cache.store import Cache, decode, encode

Value = TypeVar("Value")
BLOCKS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoRecord:
    """What names the content of a memo: its blocks ("": an empty one), and blocks of bytes."""

    blocks: tuple[str, ...] = ("",) * BLOCKS
    data: tuple[str, ...] = ()


class Memo:
    """Values (of JSON) and bytes by a kind and a hash of their inputs.

    They are kept in 256 blocks by the first byte of the hash, so that one new value renews one
    block. `previous` names the blocks of the last build.
    """

    def __init__(self, cache: Cache | None = None, previous: MemoRecord | None = None) -> None:
        self._cache = cache
        self._previous: Sequence[str] = (previous or MemoRecord()).blocks
        self._read: dict[int, dict[str, Any]] = {}
        self._used: list[dict[str, Any]] = [{} for _ in range(BLOCKS)]
        self._data: set[str] = set()
        self._renewed: set[int] = set()

    def value(self, kind: str, inputs: str, make: Callable[[], Value]) -> Value:
        """Return what `make` makes (plain JSON) of inputs with this hash (hex; "": unknown)."""
        if self._cache is None or not inputs:
            return make()
        number, key = int(inputs[:2], 16), f"{kind} {inputs}"
        used = self._used[number]
        if key not in used:
            previous = self._block(number)
            used[key] = previous[key] if key in previous else make()
        value: Value = used[key]
        return value

    def data(self, kind: str, inputs: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes that `make` makes of inputs with this hash; each is a block of its own."""
        cache = self._cache
        if cache is None or not inputs:
            return make()
        made: list[bytes] = []

        def write() -> str:
            made.append(make())
            return cache.write(made[0])

        digest = self.value(kind, inputs, write)
        self._data.add(digest)
        return made[0] if made else cache.read(digest)

    def previous_value(self, kind: str, inputs: str) -> Any:
        """Return the value that the last build made of inputs with this hash, None if it did not."""
        if self._cache is None or not inputs:
            return None
        return self._block(int(inputs[:2], 16)).get(f"{kind} {inputs}")

    def keep(self, kind: str, inputs: str) -> None:
        """Keep the value that the last build made of inputs with this hash, which nobody asks for now."""
        previous = self.previous_value(kind, inputs)
        if previous is not None:
            self._used[int(inputs[:2], 16)].setdefault(f"{kind} {inputs}", previous)

    def renew(self, kind: str, inputs: str, value: Any) -> Any:
        """Keep a value (plain JSON) for the next build; return the last build's, None if it had none.

        Here the hash names what is kept, and says nothing of what it was made from.
        """
        if self._cache is None:
            return None
        number, key = int(inputs[:2], 16), f"{kind} {inputs}"
        self._used[number][key] = value
        previous = self._block(number).get(key)
        if previous != value:
            self._renewed.add(number)
        return previous

    def save(self) -> MemoRecord:
        """Write what was asked for, and return what names it."""
        if self._cache is None:
            return MemoRecord()
        blocks = tuple(self._save(self._cache, number) for number in range(BLOCKS))
        return MemoRecord(blocks=blocks, data=tuple(sorted(self._data)))

    def _save(self, cache: Cache, number: int) -> str:
        used = self._used[number]
        if not used:
            return ""
        unchanged = used.keys() == self._read.get(number, {}).keys()
        if unchanged and number not in self._renewed:
            return self._previous[number]
        return cache.write(encode(used))

    def _block(self, number: int) -> dict[str, Any]:
        if number not in self._read:
            name = self._previous[number]
            self._read[number] = decode(self._cache.read(name)) if self._cache and name else {}
        return self._read[number]
