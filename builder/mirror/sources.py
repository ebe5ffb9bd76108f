"""What each kind of upstream gives: its items, and whether they are all that it lists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from builder.mirror import catalogue_files, standing, static_registry
from builder.mirror.catalogue_files import CatalogueFile
from builder.mirror.dump import read_dump
from builder.mirror.static_registry import SourceTrust
from builder.model.errors import RegistryError, RemoteError
from builder.model.layout import SERVERS
from builder.model.mirror_settings import MirrorLimits
from builder.model.upstream_settings import UpstreamSource
from builder.net import retry
from builder.net.exchange import MEBIBYTE, AnswerBounds, fetch, open_client
from builder.net.retry import send_with_retries
from builder.policy.document import Values

Items = Iterable[Any]
_SECONDS, _RATE = 60.0, 4096.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFolders:
    """Where a run finds things: the repository's files, and a folder for what no commit holds."""

    root: Path
    scratch: Path


@contextmanager
def whole_items(
    source: UpstreamSource, folders: SourceFolders, limits: MirrorLimits, trust: SourceTrust
) -> Iterator[Items]:
    """Yield every item of an upstream that is not walked page by page.

    RegistryError if its file cannot be read, RemoteError if it does not answer.
    """
    if source.kind == "static":
        folders.scratch.mkdir(parents=True, exist_ok=True)
        place = folders.scratch / f"upstream-{_digest(source.url)}.sqlite"
        megabytes = limits.dump_megabytes
        with static_registry.items(source, folders.root, place, megabytes, trust) as items:
            yield items
    elif source.kind == "dump":
        with _local_file(source, folders, limits) as path:
            yield read_dump(path, limits.dump_megabytes * MEBIBYTE)
    else:
        with _local_file(source, folders, limits) as path:
            yield _CATALOGUES[source.kind](
                CatalogueFile(
                    data=path.read_bytes(),
                    namespace=source.namespace,
                    known=lambda name: _known(folders.root, name),
                    max_bytes=limits.page_megabytes * MEBIBYTE,
                )
            )


_CATALOGUES: Mapping[str, Callable[[CatalogueFile], Items]] = {
    "toolhive": catalogue_files.toolhive,
    "docker": catalogue_files.docker,
}


@contextmanager
def _local_file(
    source: UpstreamSource, folders: SourceFolders, limits: MirrorLimits
) -> Iterator[Path]:
    """Yield the path of an upstream's file: the one in the repository, or one just fetched."""
    if source.file:
        path = folders.root / source.file
        if not path.is_file():
            raise RegistryError(f"{source.file} of the upstream {source.name} is not here")
        yield path
        return
    folders.scratch.mkdir(parents=True, exist_ok=True)
    path = folders.scratch / f"upstream-{_digest(source.url)}.file"
    path.write_bytes(fetched(source.url, limits))
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def fetched(url: str, limits: MirrorLimits) -> bytes:
    """Fetch a file, within the limits of a dump; RemoteError if it does not come."""
    bounds = AnswerBounds(bytes=limits.dump_megabytes * MEBIBYTE, seconds=_SECONDS, rate=_RATE)
    with open_client(url) as http:
        try:
            request = http.build_request("GET", url)
            answer = send_with_retries(lambda: fetch(http, request, bounds), retry.DEFAULT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(f"{url}: {error or type(error).__name__}") from error
    if answer.status_code != httpx.codes.OK:
        raise RemoteError(f"{answer.url} answered with status {answer.status_code}")
    return answer.body


def _known(root: Path, name: str) -> Mapping[str, Values]:
    documents = (standing.read_object(path) for path in (root / SERVERS / name).glob("*.json"))
    return {
        str(document["version"]): document for document in documents if document.get("name") == name
    }


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]
