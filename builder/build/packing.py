"""The documents of a build become packs, going on from the packs of the last one.

Packs in which nothing changed are hard links to the old ones. Files that hosts read by themselves,
and what is larger than a pack, stand beside the packs as they are.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from heapq import merge
from itertools import chain, pairwise
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from builder.output.file_list import SiteFile
from builder.output.tree import files_below, link_file
from builder.output.writer import Conflict
from builder.pack import file, index, layout
from builder.pack.document import StoredDocument
from builder.pack.file import DamagedPack, weight
from builder.pack.index import DATA, FOLDER, INDEX, WORDS, PackEntry, PackIndex
from builder.pack.key import BITS, key
from builder.pack.reader import PackedSite
from builder.pack.spool import Entry, SpoolReader, key_of, weight_of
from builder.pack.spool import texts as texts_of


class _Kept(NamedTuple):
    """A document of an old pack, or such a pack as a whole, with its key and its weight."""

    key: int
    weight: int
    value: StoredDocument | PackEntry


_Part = Entry | _Kept


@dataclass(frozen=True, slots=True)
class FolderSize:
    """How many files a folder has, their bytes, and those of the largest one."""

    files: int
    bytes: int
    largest: int


def pack_site(
    spool: Path, fresh: Path, old: Path | None, removed: Collection[str]
) -> tuple[str, ...]:
    """Make `fresh` the packed site of the documents in the spool and of those in `old`.

    `removed` are the paths of `old` that are gone. Returns the paths that are new or changed in the
    folder. Raises Conflict if two documents want one path or an old pack is damaged.
    """
    try:
        with closing(SpoolReader(spool)) as reader:
            before = _before(old, reader, removed) if old else None
            plain = _write_plain(fresh, reader, before)
            packs, written = _write_packs(fresh, reader, before)
        texts = _write_texts(fresh, texts_of(spool))
        _write(fresh / INDEX, index.encode(PackIndex(packs, texts)))
        same = set(before.site.index.words.values()) if before else set()
        named = (f"{WORDS}/{name}" for name in texts.values() if name not in same)
        return (*plain, *written, *named, INDEX)
    except (DamagedPack, FileNotFoundError) as error:
        raise Conflict(f"the packs of the last build cannot be used ({error})") from error


def folder_size(folder: Path) -> FolderSize:
    """Measure a folder of not too many files."""
    sizes = [entry.stat().st_size for _, entry in files_below(folder) if entry.is_file()]
    return FolderSize(files=len(sizes), bytes=sum(sizes), largest=max(sizes, default=0))


def holds_exactly(folder: Path, files: Iterable[SiteFile]) -> bool:
    """Return whether a packed site holds these files and no other, content included."""
    expected = {file.path: file.digest for file in files}
    try:
        site = PackedSite(folder)
        found = {one.path: hashlib.sha256(one.body).hexdigest() for one in site.documents()}
    except (DamagedPack, OSError, ValueError, EOFError, zlib.error):
        return False
    texts = {f"{WORDS}/{name}" for name in site.index.words.values()}
    known = {pack.path for pack in site.index.packs.values()} | texts | {INDEX}
    for path, entry in files_below(folder):
        if not entry.is_file():
            return False
        if path not in known:
            found[path] = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    return found == expected


class _Before(NamedTuple):
    """The site that the packs go on from, the paths that are made anew (True: it has one there), and those that are gone."""

    site: PackedSite
    made: Mapping[str, bool]
    removed: Collection[str]


def _before(folder: Path, reader: SpoolReader, removed: Collection[str]) -> _Before:
    made = _paths(reader, (*reader.entries, *reader.beside))
    return _Before(PackedSite(folder), made, removed)


def _paths(reader: SpoolReader, entries: Iterable[Entry]) -> dict[str, bool]:
    """Return the paths of documents, and of each whether the site has had one there."""
    made: dict[str, bool] = {}
    for path, replaces in map(reader.said, entries):
        if path in made:
            raise Conflict(f"two pages want the path {path!r}")
        made[path] = replaces
    return made


def _write_plain(fresh: Path, reader: SpoolReader, before: _Before | None) -> list[str]:
    """Write what stands outside of packs, and link what stays as it was."""
    keys = set(map(key_of, reader.beside))
    _paths(reader, (*reader.beside, *(one for one in reader.entries if key_of(one) in keys)))
    written = []
    for document in map(reader.read, reader.beside):
        _write(fresh / document.path, document.body)
        written.append(document.path)
    if before is None:
        return written
    for path, entry in files_below(before.site.folder, leave_out=FOLDER):
        if path in before.removed or not entry.is_file():
            continue
        if path not in before.made:
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            link_file(before.site.folder / path, fresh / path)
        elif not before.made[path]:
            raise Conflict(f"two pages want the path {path!r}")
    return written


def _write_packs(
    fresh: Path, reader: SpoolReader, before: _Before | None
) -> tuple[dict[str, PackEntry], list[str]]:
    """Write the packs; return them by the bits of their keys, and the paths of those that are new."""
    (fresh / DATA).mkdir(parents=True)
    parts = _parts(reader, before)
    packs: dict[str, PackEntry] = {}
    written = []
    # Of a large registry there are half a million: as objects these would be 70 MiB.
    keys, weights = array("Q", map(_key, parts)), array("Q", map(_weight, parts))
    for leaf in layout.leaves(keys, weights):
        members = parts[leaf.start : leaf.end]
        pack = _kept(members)
        if pack is not None and before is not None:
            link_file(f"{before.site.folder}/{pack.path}", f"{fresh}/{pack.path}")
        else:
            body = _encoded(chain.from_iterable(_documents(one, before, reader) for one in members))
            pack = PackEntry(hashlib.sha256(body).hexdigest()[:32], leaf.weight)
            _write(fresh / pack.path, body)
            written.append(pack.path)
        packs[leaf.prefix] = pack
    return packs, written


def _encoded(documents: Iterable[StoredDocument]) -> bytes:
    ordered = sorted(documents, key=attrgetter("path"))
    for one, other in pairwise(ordered):
        if one.path == other.path:
            raise Conflict(f"two pages want the path {one.path!r}")
    return file.encode(ordered)


def _write_texts(fresh: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """Write the texts that documents refer back to; return their files' names."""
    names = {name: f"{hashlib.sha256(text).hexdigest()[:16]}.txt" for name, text in texts.items()}
    for name, text in texts.items():
        _write(fresh / WORDS / names[name], text)
    return names


def _parts(reader: SpoolReader, before: _Before | None) -> list[_Part]:
    """Return every document, and every pack in which none changed, in the order of keys."""
    if before is None:
        return list[_Part](reader.entries)
    still_there: list[_Part] = sorted(_still_there(before), key=_key)
    return [*merge(reader.entries, still_there, key=_key)]


def _still_there(before: _Before) -> Iterator[_Kept]:
    """Yield the packs in which nothing changed, and of the others the documents that stay."""
    site, made, removed = before
    changed = {site.index.prefix_of(path) for path in (*made, *removed)}
    gone = {*made, *removed}
    for prefix, pack in site.index.packs.items():
        if prefix not in changed:
            yield _Kept(int(prefix.ljust(BITS, "0"), 2), pack.weight, pack)
            continue
        for stored in file.documents(site.read_pack(prefix)):
            if stored.path not in gone:
                yield _Kept(key(stored.path), weight(stored.path, len(stored.stored)), stored)
            elif stored.path not in removed and not made[stored.path]:
                raise Conflict(f"two pages want the path {stored.path!r}")


def _key(part: _Part) -> int:
    return part.key if isinstance(part, _Kept) else key_of(part)


def _weight(part: _Part) -> int:
    return part.weight if isinstance(part, _Kept) else weight_of(part)


def _kept(members: list[_Part]) -> PackEntry | None:
    """Return the old pack that has these members and no others."""
    only = members[0].value if len(members) == 1 and isinstance(members[0], _Kept) else None
    return only if isinstance(only, PackEntry) else None


def _documents(
    part: _Part, before: _Before | None, reader: SpoolReader
) -> Iterable[StoredDocument]:
    if not isinstance(part, _Kept):
        return (reader.read(part),)
    if isinstance(part.value, StoredDocument):
        return (part.value,)
    return file.documents((before.site.folder / part.value.path).read_bytes()) if before else ()


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
