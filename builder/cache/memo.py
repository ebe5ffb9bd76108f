"""Results by the hash of what they were made from: a result cannot be out of date.

For values that pages of the whole registry are made of, server by server or shard by shard: what
has not changed is looked up instead of made again, and is read only if somebody asks what it is.
What one build does not ask for is forgotten by the next. Without a cache (an archive, `serve`)
everything is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from builder.cache.kept_values import KeptValues
from builder.cache.store import Cache, decode, encode

Value = TypeVar("Value")
_DATA = "data"
"""The kind of bytes in the memory of a process that stays, which are by the name of their block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoRecord:
    """What names the content of a memo: the block that lists its values ("": it has none), the
    blocks that hold them, and blocks of bytes.
    """

    index: str = ""
    blocks: tuple[str, ...] = ()
    data: tuple[str, ...] = ()

    def all_blocks(self) -> Iterator[str]:
        """Yield the name of every block."""
        yield from (self.index,) if self.index else ()
        yield from (*self.blocks, *self.data)


class Memo:
    """Values (of JSON) and bytes by a kind and a hash of their inputs.

    `previous` names the blocks of the last build (kept_values.py). A value that it had is kept as
    the bytes of its block, and decoded when it is asked for. In a process that stays, `memory` has
    the values and the bytes that were read or made by that build, and collects those of this one:
    nobody alters them.
    """

    def __init__(
        self,
        cache: Cache | None = None,
        previous: MemoRecord | None = None,
        memory: Mapping[tuple[str, str], Any] | None = None,
    ) -> None:
        self._cache = cache
        self._earlier_memory = memory or {}
        self.memory: dict[tuple[str, str], Any] | None = None if memory is None else {}
        self._index = previous.index if previous else ""
        self._used: dict[tuple[str, str], bytes | None] = {}  # None: as the last build had it
        self._data: set[str] = set()

    @cached_property
    def _kept(self) -> KeptValues:
        assert self._cache is not None
        return KeptValues(self._cache, self._index)

    def value(self, kind: str, inputs: str, make: Callable[[], Value]) -> Value:
        """Return what `make` makes (plain JSON) of inputs with this hash (hex; "": unknown)."""
        if self._cache is None or not inputs:
            return make()
        if self.memory is not None:
            if (kind, inputs) not in self.memory:
                self.memory[kind, inputs] = self._value(kind, inputs, make)
            known: Value = self.memory[kind, inputs]
            return known
        return self._value(kind, inputs, make)

    def _value(self, kind: str, inputs: str, make: Callable[[], Value]) -> Value:
        is_kept = self.keep(kind, inputs)
        if is_kept and (kind, inputs) in self._earlier_memory:
            known: Value = self._earlier_memory[kind, inputs]
            return known
        if (kind, inputs) not in self._used:
            made = make()
            self._used[kind, inputs] = encode(made)
            return made
        data = self._used[kind, inputs]
        value: Value = decode(self._kept.read(kind, inputs) if data is None else data)
        return value

    def keep(self, kind: str, inputs: str) -> bool:
        """Keep what the last build made of inputs with this hash, without reading it; return whether
        there is such a value.
        """
        is_kept = self._cache is not None and bool(inputs) and (kind, inputs) in self._kept
        if is_kept:
            self._used.setdefault((kind, inputs))
        return is_kept

    def data(self, kind: str, inputs: str, make: Callable[[], bytes]) -> bytes:
        """Return the bytes that `make` makes of inputs with this hash; each is a block of its own."""
        cache = self._cache
        if cache is None or not inputs:
            return make()
        made: list[bytes] = []

        def write() -> str:
            made.append(make())
            return cache.write(made[0])

        name = self.value(kind, inputs, write)
        self._data.add(name)
        body = made[0] if made else self._earlier_memory.get((_DATA, name)) or cache.read(name)
        if self.memory is not None:
            self.memory[_DATA, name] = body
        return body

    def keep_data(self, kind: str, inputs: str) -> None:
        """Keep bytes that the last build made of inputs with this hash, without reading them."""
        if self._cache is not None and (kind, inputs) in self._kept:
            self._data.add(self.value(kind, inputs, str))

    def previous_data(self, kind: str, inputs: str) -> bytes | None:
        """Return the bytes that the last build made of inputs with this hash, None if it did not."""
        name = self.previous_value(kind, inputs)
        return self._cache.read(name) if self._cache is not None and name else None

    def previous_value(self, kind: str, inputs: str) -> Any:
        """Return the value that the last build made of inputs with this hash, None if it did not."""
        if self._cache is None or (kind, inputs) not in self._kept:
            return None
        if (kind, inputs) in self._earlier_memory:
            return self._earlier_memory[kind, inputs]
        return decode(self._kept.read(kind, inputs))

    def renew(self, kind: str, inputs: str, value: Any) -> Any:
        """Keep a value (plain JSON) for the next build; return the last build's, None if it had none.

        Here the hash names what is kept, and says nothing of what it was made from.
        """
        if self._cache is not None:
            self._used[kind, inputs] = encode(value)
            if self.memory is not None:
                self.memory[kind, inputs] = value
        return self.previous_value(kind, inputs)

    def save(self) -> MemoRecord:
        """Write what was asked for, and return what names it."""
        if self._cache is None:
            return MemoRecord()
        index, blocks = self._kept.renewed(self._used)
        return MemoRecord(index=index, blocks=blocks, data=tuple(sorted(self._data)))
