"""What a remembered result was made from, as a hash: the builder itself, and a server."""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from builder import __version__
from builder.cache.store import encode, fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.runs import Run
from builder.catalogue.server import Server, version_row
from builder.model.sidecars import Namespace
from builder.runtime import resources

_SOURCES = (resources.PACKAGE, resources.folder("site"), resources.folder("schema"))


def builder() -> str:
    """Give the hash of everything but the repository that decides what a build writes.

    That is: the builder's code, templates, assets and schemas, the Python that runs it, and the
    versions of the libraries beside it.
    """
    files = [encode([path, digest]) for path, digest in _files()]
    tools = [__version__, *sys.version_info[:3], zlib.ZLIB_RUNTIME_VERSION, *_libraries()]
    return fingerprint(encode(tools), *files)


def server(one: Server, namespace: Namespace | None) -> str:
    """Give the hash of all that a server's pages are made from, but the settings."""
    rows = [version_row(version) for version in one.versions]
    owned = namespace.model_dump_json().encode() if namespace else b""
    return fingerprint(encode([one.name, rows]), owned)


def servers(catalogue: Catalogue) -> dict[str, str]:
    """Give every server's hash by its name; `catalogue.derived` makes it once."""
    return _servers(catalogue, catalogue.by_name)


def servers_by_block(catalogue: Catalogue, blocks: Mapping[str, Run]) -> dict[str, str]:
    """Give the same as `servers`, looking up those of runs whose block was known before."""
    records = {name: one.model_dump_json() for name, one in catalogue.namespaces.items()}
    found: dict[str, str] = {}
    for block, run in blocks.items():
        names = [name for name in run if name in catalogue.by_name]
        spaces = {name.partition("/")[0] for name in names}
        inputs = of([block, *(records[one] for one in sorted(spaces & records.keys()))])
        found |= catalogue.memo.value("hashes", inputs, partial(_servers, catalogue, names))
    return found


def _servers(catalogue: Catalogue, names: Iterable[str]) -> dict[str, str]:
    namespaces = catalogue.namespaces
    return {
        name: server(catalogue.by_name[name], namespaces.get(name.partition("/")[0]))
        for name in names
    }


def of(keys: Iterable[str]) -> str:
    """Give one hash over several."""
    return fingerprint(*(key.encode() for key in keys))


def _files() -> Iterator[tuple[str, str]]:
    for folder in _SOURCES:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", digest


def _libraries() -> list[str]:
    """List the installed distributions as `<name>-<version>.dist-info`: more than what is used."""
    folders = (Path(folder) for folder in sys.path if folder)
    return sorted({found.name for folder in folders for found in folder.glob("*.dist-info")})
