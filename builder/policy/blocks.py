"""Which block is about a version: most are looked up by their name, the others are tried in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from heapq import merge

from builder.model import timestamp
from builder.model.blocks import Block, BlocksFile
from builder.model.sidecars import SidecarError, read_blocks
from builder.policy import patterns
from builder.policy.entry import PolicyEntry

Condition = Callable[[PolicyEntry], bool]
_FIELDS: Mapping[str, Callable[[PolicyEntry], Iterable[str]]] = {
    "name": lambda entry: (entry.name,),
    "version": lambda entry: (entry.version,),
    "publisher": lambda entry: entry.publishers,
    "package": lambda entry: entry.packages,
    "fingerprint": lambda entry: (entry.fingerprint,),
}
"""What each key of a block looks at, in the order in which it is cheap to ask."""


class Blocks:
    """The blocks of a registry, in their order. The same rows make equal ones."""

    def __init__(self, rows: Iterable[Block] = ()) -> None:
        self.rows = tuple(rows)

    def __eq__(self, other: object) -> bool:
        """Return whether two hold the same blocks."""
        return isinstance(other, Blocks) and self.rows == other.rows

    def __hash__(self) -> int:
        """Return a hash of the blocks."""
        return hash(self.rows)

    def __bool__(self) -> bool:
        """Return whether there is any block."""
        return bool(self.rows)

    def find(self, entry: PolicyEntry, time: int) -> Block | None:
        """Return the first block of a version at a time (nanoseconds since 1970), None if it is free."""
        for number in self._numbers(entry.name):
            if all(fits(entry) for fits in self._conditions[number]):
                block = self.rows[number]
                if is_active(block, time):
                    return block
        return None

    def about(self, name: str) -> Iterator[Block]:
        """Yield the blocks that may be about a server of this name, in their order."""
        return (self.rows[number] for number in self._numbers(name))

    def may_concern(self, name: str) -> bool:
        """Return whether any may be about a server of this name, without reading its documents."""
        return any(not block.name or _names(block, name) for block in self.about(name))

    def _numbers(self, name: str) -> Iterator[int]:
        by_name, general = self._index
        folded = name.lower()
        namespace = f"{folded.partition('/')[0]}/"
        lists = (by_name.get(folded, []), by_name.get(namespace, []), general)
        return merge(*lists)

    def of_whole_servers(self, time: int) -> Iterator[Block]:
        """Yield the blocks that hold at a time and are of one name, whatever its version or contents."""
        for block in self.rows:
            others = (block.version, block.package, block.publisher, block.fingerprint)
            if patterns.is_exact(block.name) and not any(others) and is_active(block, time):
                yield block

    def changed(self, other: Blocks) -> Blocks:
        """Return the blocks that only one of two has."""
        ours, theirs = frozenset(self.rows), frozenset(other.rows)
        return Blocks(sorted(ours ^ theirs, key=repr))

    def expired(self, since: int, until: int) -> Blocks:
        """Return the blocks whose last day ended after `since`, and no later than `until`."""
        return Blocks(
            block for block in self.rows if is_active(block, since) and not is_active(block, until)
        )

    @cached_property
    def _conditions(self) -> tuple[tuple[Condition, ...], ...]:
        return tuple(tuple(_conditions(block)) for block in self.rows)

    @cached_property
    def _index(self) -> tuple[dict[str, list[int]], list[int]]:
        by_name: dict[str, list[int]] = {}
        general: list[int] = []
        for number, block in enumerate(self.rows):
            key = _key(block.name.lower())
            if key:
                by_name.setdefault(key, []).append(number)
            else:
                general.append(number)
        return by_name, general


def _key(name: str) -> str:
    """Return the exact name, or the namespace with a slash, that a pattern is about; "" for others."""
    if name and patterns.is_exact(name):
        return name
    namespace, _, rest = name.partition("/")
    return f"{namespace}/" if rest == "*" and patterns.is_exact(namespace) else ""


def parse(data: bytes) -> Blocks | None:
    """Read blocks.yaml; None if it cannot be read."""
    try:
        file: BlocksFile = read_blocks(data)
    except SidecarError:
        return None
    return Blocks(file.root)


def is_active(block: Block, time: int) -> bool:
    """Return whether a block holds at a time, in nanoseconds since 1970."""
    return not block.until or time < _end(block.until)


def _names(block: Block, name: str) -> bool:
    return patterns.matcher((block.name,))([name])


def told(block: Block) -> str:
    """Return what readers are told of a block, in at most 500 characters."""
    message = f": {block.message}" if block.message else ""
    return f"Blocked by this registry ({block.reason}){message}"


def _conditions(block: Block) -> Iterator[Condition]:
    for key, values in _FIELDS.items():
        if wanted := getattr(block, key):
            yield _fits(patterns.matcher((wanted,)), values)


def _fits(
    fits: Callable[[Iterable[str]], bool], values: Callable[[PolicyEntry], Iterable[str]]
) -> Condition:
    return lambda entry: fits(values(entry))


def _end(day: str) -> int:
    following = date.fromisoformat(day) + timedelta(days=1)
    return timestamp.parse(f"{following.isoformat()}T00:00:00Z")
