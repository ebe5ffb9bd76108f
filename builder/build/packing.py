"""The documents of a build become packs, going on from the packs of the last one.

Packs in which nothing changed are hard links to the old ones. Files that hosts read by themselves,
and what is larger than a pack, stand beside the packs as they are.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from builder.output.tree import link_file
from builder.output.writer import Conflict, SiteFile
from builder.pack import file, index, layout
from builder.pack.document import StoredDocument
from builder.pack.file import DamagedPack, weight
from builder.pack.index import DATA, FOLDER, INDEX, WORDS, PackEntry, PackIndex
from builder.pack.key import BITS, key
from builder.pack.reader import PackedSite
from builder.pack.spool import SpooledDocument, SpoolReader, spooled
from builder.pack.spool import texts as texts_of

MARKER = "index.json"
"""The service index stays a file: by it one knows a site, and the commit that it was built from."""

_Part = StoredDocument | SpooledDocument | PackEntry


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
    new = _by_path(spool)
    try:
        before = PackedSite(old) if old else None
        with closing(SpoolReader(spool)) as reader:
            plain = _write_plain(fresh, new, old, removed, reader)
            packs, written = _write_packs(fresh, new, before, removed, reader)
        texts = _write_texts(fresh, texts_of(spool))
        _write(fresh / INDEX, index.encode(PackIndex(packs, texts)))
        same = set(before.index.words.values()) if before else set()
        named = (f"{WORDS}/{name}" for name in texts.values() if name not in same)
        return (*plain, *written, *named, INDEX)
    except (DamagedPack, FileNotFoundError) as error:
        raise Conflict(f"the packs of the last build cannot be used ({error})") from error


def folder_size(folder: Path) -> FolderSize:
    """Measure a folder of not too many files."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
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
    for path in _files_below(folder):
        if path not in known:
            found[path] = hashlib.sha256((folder / path).read_bytes()).hexdigest()
    return found == expected


def _by_path(spool: Path) -> dict[str, SpooledDocument]:
    new: dict[str, SpooledDocument] = {}
    for document in spooled(spool):
        if document.path in new:
            raise Conflict(f"two pages want the path {document.path!r}")
        new[document.path] = document
    return new


def _is_plain(document: SpooledDocument) -> bool:
    is_for_host = document.path[0] in "._" or document.path == MARKER
    return is_for_host or weight(document.path, document.length) > file.LARGEST


def _write_plain(
    fresh: Path,
    new: Mapping[str, SpooledDocument],
    old: Path | None,
    removed: Collection[str],
    reader: SpoolReader,
) -> list[str]:
    """Write what stands outside of packs, and link what stays as it was."""
    written = [path for path, document in new.items() if _is_plain(document)]
    for path in written:
        _write(fresh / path, reader.read(new[path]).body)
    for path in _outside_of_packs(old) if old else ():
        if path in removed:
            continue
        if path not in new:
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            link_file(old / path, fresh / path)  # type: ignore[operator]  # only with an old one
        elif not new[path].replaces:
            raise Conflict(f"two pages want the path {path!r}")
    return written


def _files_below(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _outside_of_packs(folder: Path) -> Iterator[str]:
    return (path for path in _files_below(folder) if not path.startswith(f"{FOLDER}/"))


def _write_packs(
    fresh: Path,
    new: Mapping[str, SpooledDocument],
    before: PackedSite | None,
    removed: Collection[str],
    reader: SpoolReader,
) -> tuple[dict[str, PackEntry], list[str]]:
    """Write the packs; return them by the bits of their keys, and the paths of those that are new."""
    (fresh / DATA).mkdir(parents=True)
    parts = sorted(_parts(new, before, removed), key=lambda part: part[0])
    packs: dict[str, PackEntry] = {}
    written = []
    keys, weights = [part[0] for part in parts], [part[1] for part in parts]
    for leaf in layout.leaves(keys, weights):
        members = [part[2] for part in parts[leaf.start : leaf.end]]
        pack = _kept(members)
        if pack is not None and before is not None:
            link_file(before.folder / pack.path, fresh / pack.path)
        else:
            documents = [
                document for member in members for document in _documents(member, before, reader)
            ]
            body = file.encode(sorted(documents, key=lambda document: document.path))
            pack = PackEntry(hashlib.sha256(body).hexdigest()[:32], leaf.weight)
            _write(fresh / pack.path, body)
            written.append(pack.path)
        packs[leaf.prefix] = pack
    return packs, written


def _write_texts(fresh: Path, texts: Mapping[str, bytes]) -> dict[str, str]:
    """Write the texts that documents refer back to; return their files' names."""
    names = {name: f"{hashlib.sha256(text).hexdigest()[:16]}.txt" for name, text in texts.items()}
    for name, text in texts.items():
        _write(fresh / WORDS / names[name], text)
    return names


def _parts(
    new: Mapping[str, SpooledDocument], before: PackedSite | None, removed: Collection[str]
) -> Iterator[tuple[int, int, _Part]]:
    """Yield the key and the weight of every document, and of every pack in which none changed."""
    for path, document in new.items():
        if not _is_plain(document):
            yield key(path), weight(path, document.length), document
    if before is None:
        return
    changed = {before.index.prefix_of(path) for path in (*new, *removed)}
    gone = {*new, *removed}
    for prefix, pack in before.index.packs.items():
        if prefix not in changed:
            yield int(prefix.ljust(BITS, "0"), 2), pack.weight, pack
            continue
        for stored in file.documents(before.read_pack(prefix)):
            if stored.path not in gone:
                yield key(stored.path), weight(stored.path, len(stored.stored)), stored
            elif stored.path not in removed and not new[stored.path].replaces:
                raise Conflict(f"two pages want the path {stored.path!r}")


def _kept(members: list[_Part]) -> PackEntry | None:
    return members[0] if len(members) == 1 and isinstance(members[0], PackEntry) else None


def _documents(
    part: _Part, before: PackedSite | None, reader: SpoolReader
) -> Iterator[StoredDocument]:
    if isinstance(part, SpooledDocument):
        yield reader.read(part)
    elif isinstance(part, StoredDocument):
        yield part
    elif before is not None:
        yield from file.documents((before.folder / part.path).read_bytes())


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
