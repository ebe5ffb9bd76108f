"""Objects as git's packs store them: whole, or as a delta to another object.

Git itself answers what an object holds, and takes a millisecond to put together a large tree out
of its deltas. Whoever asks what 20,000 trees have in common reads the deltas alone.
https://git-scm.com/docs/gitformat-pack
"""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple

from zlib_ng import zlib_ng

from builder.model.errors import RepositoryError

_SIGNATURE = b"\xfftOc\x00\x00\x00\x02"  # of an index of version 2, which git writes since 2008
_HEADER, _FANOUT = 8, 256
_BY_OFFSET, _BY_ID = 6, 7  # the two types of a delta
_MORE = 0x80
_LARGE = 1 << 20
_FAR = 0x80000000  # an offset past 2 GiB stands in a table of its own


class PackError(RepositoryError):
    """Packs cannot be read this way; git may still be able to, or says what is wrong with them."""


class PackPlace(NamedTuple):
    """Where an object stands: the number of the pack, and the offset in it."""

    pack: int
    offset: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands at a place: the bytes of an object, or a delta to the object at `base`."""

    data: bytes
    base: PackPlace | None


@dataclass(frozen=True, slots=True)
class _Pack:
    index: mmap.mmap
    data: memoryview
    id_bytes: int

    def offset(self, id: bytes) -> int | None:
        """Return where an object stands in the pack, None if it is in another."""
        ids = _HEADER + 4 * _FANOUT
        low = unpack_from(">L", self.index, _HEADER + 4 * (id[0] - 1))[0] if id[0] else 0
        high = unpack_from(">L", self.index, _HEADER + 4 * id[0])[0]
        while low < high:
            middle = (low + high) // 2
            start = ids + middle * self.id_bytes
            known = self.index[start : start + self.id_bytes]
            if known == id:
                return self._offset(middle)
            low, high = (middle + 1, high) if known < id else (low, middle)
        return None

    def _offset(self, number: int) -> int:
        count = unpack_from(">L", self.index, _HEADER + 4 * (_FANOUT - 1))[0]
        # After the ids come checksums of four bytes, then the offsets.
        table = _HEADER + 4 * _FANOUT + count * (self.id_bytes + 4)
        offset: int = unpack_from(">L", self.index, table + 4 * number)[0]
        if not offset & _FAR:
            return offset
        far: int = unpack_from(">Q", self.index, table + 4 * count + 8 * (offset - _FAR))[0]
        return far


class Packs:
    """The packs of a repository's folder of objects, as they are when this is made, and of those that it borrows from.

    Raises PackError for an index of another version.
    """

    def __init__(self, objects: Path, id_bytes: int) -> None:
        self._packs = tuple(
            _pack(index, id_bytes)
            for folder in _folders(objects)
            for index in sorted((folder / "pack").glob("*.idx"))
        )

    def find(self, id: bytes) -> PackPlace | None:
        """Return where an object stands, None if it is in no pack."""
        for number, pack in enumerate(self._packs):
            offset = pack.offset(id)
            if offset is not None:
                return PackPlace(number, offset)
        return None

    def read(self, place: PackPlace) -> Stored:
        """Return what stands at a place; PackError if its delta's base is in no pack."""
        base, size, position = self._head(place)
        return Stored(_inflated(self._packs[place.pack].data, position, size), base)

    def base(self, place: PackPlace) -> PackPlace | None:
        """Return the base of the delta at a place, None where an object stands whole."""
        return self._head(place)[0]

    def _head(self, place: PackPlace) -> tuple[PackPlace | None, int, int]:
        """Return the base, if what stands here is a delta, its size, and where its bytes begin."""
        pack = self._packs[place.pack]
        kind, size, position = _header(pack.data, place.offset)
        base = None
        if kind == _BY_OFFSET:
            back, position = _distance(pack.data, position)
            base = PackPlace(place.pack, place.offset - back)
        elif kind == _BY_ID:
            base = self.find(bytes(pack.data[position : position + pack.id_bytes]))
            position += pack.id_bytes
            if base is None:
                raise PackError(f"pack object at {place.offset} has no base")
        return base, size, position


def are_large(objects: Path) -> bool:
    """Return whether a folder of objects has a pack of tens of thousands, by the size of its index."""
    return any(index.stat().st_size > _LARGE for index in (objects / "pack").glob("*.idx"))


def _folders(objects: Path) -> list[Path]:
    """Return a folder of objects and those that it borrows from, directly or by another.

    https://git-scm.com/docs/gitrepository-layout
    """
    folders = [objects]
    for folder in folders:
        try:
            lines = (folder / "info/alternates").read_bytes().splitlines()
        except OSError:
            continue
        named = (folder / os.fsdecode(line) for line in lines if line and line[:1] != b"#")
        folders += [other for other in named if other not in folders]
    return folders


def _pack(index: Path, id_bytes: int) -> _Pack:
    pack = _Pack(_mapped(index), memoryview(_mapped(index.with_suffix(".pack"))), id_bytes)
    if pack.index[:_HEADER] != _SIGNATURE:
        raise PackError(f"{index} is not an index of version 2")
    return pack


def _mapped(file: Path) -> mmap.mmap:
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _header(data: memoryview, position: int) -> tuple[int, int, int]:
    """Return the type of an object, its size in bytes, and where its header ends."""
    byte = data[position]
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & _MORE:
        position += 1
        byte = data[position]
        size |= (byte & 0x7F) << shift
        shift += 7
    return kind, size, position + 1


def _distance(data: memoryview, position: int) -> tuple[int, int]:
    """Return how far before an object the base of its delta stands, and where that is said."""
    byte = data[position]
    back = byte & 0x7F
    while byte & _MORE:
        position += 1
        byte = data[position]
        back = ((back + 1) << 7) | (byte & 0x7F)
    return back, position + 1


def _inflated(data: memoryview, position: int, size: int) -> bytes:
    # Where the compressed bytes end is not said: what follows them is not looked at.
    try:
        return zlib_ng.decompress(data[position:], bufsize=max(size, 1))
    except zlib_ng.error as error:  # type: ignore[misc]  # its stub has a value here
        raise PackError("a pack of git's is cut off or damaged") from error
