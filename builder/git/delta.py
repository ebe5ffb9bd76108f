"""A delta of git's: the instructions that make one object out of another.

https://git-scm.com/docs/gitformat-pack#_deltified_representation
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from builder.git.packs import PackError

_COPY = 0x80
_MORE = 0x80
_SHORT = 128  # bytes of a copy that may stand anywhere in the base
_THIRD_BYTE = 0x04  # of where a copy starts: it is written
_NOT_WHOLE = 0x78  # a size is written, or a start past 16 MiB
_WHOLE = 0x10000  # bytes of a copy whose size is written as zero


class Applied(NamedTuple):
    """An object that a delta made, and its seams: where bytes meet that were apart in its base."""

    content: bytes
    seams: list[int]


class Edit(NamedTuple):
    """Bytes of a base, from `start` to `stop`, that a delta puts others in the place of."""

    start: int
    stop: int
    data: bytes


def edits(base: bytearray, delta: bytes) -> list[Edit] | None:
    """Return what a delta changes of its base, in its order; PackError if it is none.

    None where it is no change in this sense: much is copied twice, or in another order.
    """
    changed: list[Edit] = []
    at, added = 0, b""
    for start, end, data in _instructions(len(base), delta):
        if data:
            added += data
            continue
        # Most copies go on where the one before has ended.
        if start == at and not added and end - start >= _SHORT:
            at = end
            continue
        # Git takes the beginning of a name from wherever it finds one, and some bytes twice.
        again = end if end - start < _SHORT else max(start, min(at, start + _SHORT))
        added += base[start:again]
        if again == end:
            continue
        if again < at:
            return None
        if added or again > at:
            changed.append(Edit(at, again, added))
        at, added = end, b""
    return [*changed, Edit(at, len(base), added)] if added or at < len(base) else changed


def apply(base: bytes, delta: bytes) -> Applied:
    """Return what a delta makes of its base; PackError if it is none."""
    source = memoryview(base)
    parts: list[bytes | memoryview] = []
    seams: list[int] = []
    length, copied = 0, -1
    for start, end, data in _instructions(len(base), delta):
        if data or start != copied:
            seams.append(length)
        parts.append(data or source[start:end])
        copied = -1 if data else end
        length += len(data) or end - start
    return Applied(b"".join(parts), [*seams, length])


def _instructions(size: int, delta: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield what a delta puts one after the other: from where to where it copies its base of `size`
    bytes, or the bytes that it adds.
    """
    position = _after_sizes(delta)
    while position < len(delta):
        code = delta[position]
        position += 1
        if code & _COPY:
            start, copied, after = _range(delta, code, position)
            if not code & _NOT_WHOLE:
                copied, after = _run_of_copies(delta, start, position - 1, after)
            if start + copied > size:
                raise PackError("a delta of git's copies what its base has not")
            yield start, start + copied, b""
            position = after
        elif code:
            yield 0, 0, delta[position : position + code]
            position += code
        else:
            raise PackError("a delta of git's has an instruction that there is not")


def _run_of_copies(delta: bytes, start: int, position: int, after: int) -> tuple[int, int]:
    """Return how much a whole copy and those that go on from it take, and where the next instruction is.

    Most of a large base is copied so: of each of these only the third byte of its start is another.
    """
    code = delta[position]
    if not code & _THIRD_BYTE:
        head = bytes([code | _THIRD_BYTE]) + delta[position + 1 : after]
    elif start >= _WHOLE:
        head = delta[position : after - 1]
    else:  # no git writes a byte that is zero
        return _WHOLE, after
    copied, third = _WHOLE, (start >> 16) + 1
    while third < 256 and delta.startswith(head, after) and delta[after + len(head)] == third:
        copied += _WHOLE
        after += len(head) + 1
        third += 1
    return copied, after


def _after_sizes(delta: bytes) -> int:
    """Return where the instructions begin: after the sizes of the base and of what is made."""
    position = 0
    for _ in range(2):
        while delta[position] & _MORE:
            position += 1
        position += 1
    return position


def _range(delta: bytes, code: int, position: int) -> tuple[int, int, int]:
    """Return where a copy starts in the base, its size, and where the next instruction stands."""
    # Bit by bit: a loop over the bits takes 2.6 times as long, and every tree has hundreds of copies.
    start = size = 0
    if code & 0x01:
        start = delta[position]
        position += 1
    if code & 0x02:
        start |= delta[position] << 8
        position += 1
    if code & 0x04:
        start |= delta[position] << 16
        position += 1
    if code & 0x08:
        start |= delta[position] << 24
        position += 1
    if code & 0x10:
        size = delta[position]
        position += 1
    if code & 0x20:
        size |= delta[position] << 8
        position += 1
    if code & 0x40:
        size |= delta[position] << 16
        position += 1
    return start, size or _WHOLE, position
