"""Hashes of what results are made from: of the builder itself, and of each server."""

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path

from builder import __version__
from builder.cache.store import encode, fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.runs import Run
from builder.catalogue.server import Server
from builder.catalogue.version_row import version_row
from builder.model.sidecars import Namespace
from builder.runtime import resources

_SOURCES = (resources.PACKAGE, resources.folder("site"), resources.folder("schema"))


def builder() -> str:
    """Return the hash of everything but the repository that decides what a build writes.

    That is: the builder's code, templates, assets and schemas, the Python that runs it, and the
    versions of the libraries installed with it.
    """
    files = [encode([path, digest]) for path, digest in _files()]
    tools = [__version__, *sys.version_info[:3], zlib.ZLIB_RUNTIME_VERSION, *_libraries()]
    return fingerprint(encode(tools), *files)


def server(content: Server, namespace: Namespace | None) -> str:
    """Return the hash of all that a server's pages are made from, but the settings."""
    rows = [version_row(version) for version in content.versions]
    record = namespace.model_dump_json().encode() if namespace else b""
    return fingerprint(encode([content.name, rows]), record)


def servers(catalogue: Catalogue) -> dict[str, str]:
    """Return every server's hash by its name; `catalogue.derived` makes it once."""
    return _hashes(catalogue, catalogue.by_name)


def servers_by_block(catalogue: Catalogue, blocks: Mapping[str, Run]) -> dict[str, str]:
    """Return the same as `servers`, looked up for the runs whose block the last build had too.

    `blocks` has the run of servers in each block of the cache.
    """
    records = {name: record.model_dump_json() for name, record in catalogue.namespaces.items()}
    hashes: dict[str, str] = {}
    for block, run in blocks.items():
        names = [name for name in run if name in catalogue.by_name]
        namespaces = {_namespace(name) for name in names} & records.keys()
        inputs = of([block, *(records[name] for name in sorted(namespaces))])
        hashes |= catalogue.memo.value("hashes", inputs, partial(_hashes, catalogue, names))
    return hashes


def of(hashes: Iterable[str]) -> str:
    """Return one hash over several."""
    return fingerprint(*(part.encode() for part in hashes))


def _hashes(catalogue: Catalogue, names: Iterable[str]) -> dict[str, str]:
    namespaces = catalogue.namespaces
    return {
        name: server(catalogue.by_name[name], namespaces.get(_namespace(name))) for name in names
    }


def _namespace(name: str) -> str:
    return name.partition("/")[0]


def _files() -> Iterator[tuple[str, str]]:
    for folder in _SOURCES:
        # As text: to sort a thousand paths as objects takes longer than to read them.
        for path in sorted(_paths_below(folder)):
            state = os.stat(path)  # noqa: PTH116
            digest = _digest(path, state.st_ino, state.st_size, state.st_mtime_ns)
            yield f"{folder.name}{path.removeprefix(str(folder))}", digest


def _paths_below(folder: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{parent}/{name}" for name in files)


@lru_cache(maxsize=4096)
def _digest(path: str, _file: int, _size: int, _changed: int) -> str:
    """Return the hash of a file; a process that stays reads it again only if it was changed."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _libraries() -> list[str]:
    """Return the installed distributions, used or not, as `<name>-<version>.dist-info`."""
    folders = (Path(folder) for folder in sys.path if folder)
    return sorted({path.name for folder in folders for path in folder.glob("*.dist-info")})
