"""OSV data read from a file or an address, and told of the servers that are here."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from builder.mirror import standing
from builder.mirror.sources import fetched
from builder.model.errors import RegistryError
from builder.model.layout import SERVERS, Kind, place
from builder.model.policy_settings import MirrorLimits
from builder.net.exchange import MEBIBYTE
from builder.policy.advisories import Advisories, Affected, of_records


def read(source: str, root: Path, limits: MirrorLimits) -> Advisories:
    """Read OSV data: a zip of records as osv.dev has it, JSON, or a record a line, also gzipped.

    `source` is an address, or a path from `root`. RegistryError if it is none, RemoteError if it
    cannot be fetched.
    """
    if source.startswith(("http://", "https://")):
        data = fetched(source, limits)
    else:
        path = root / source
        if not path.is_file():
            raise RegistryError(f"there is no file {source}")
        data = path.read_bytes()
    return of_records(_records(data, source, limits.dump_megabytes * MEBIBYTE))


def of_servers(
    root: Path, advisories: Advisories
) -> Iterator[tuple[str, str, tuple[Affected, ...]]]:
    """Yield the versions in servers/ that advisories are about: name, version, advisories."""
    for path in sorted(root.glob(f"{SERVERS}/*/*/*.json")):
        where = place(path.relative_to(root).as_posix())
        if where.kind is Kind.ENTRY:
            found = advisories.about(standing.read_object(path))
            if found:
                yield where.name, where.version, found


def _records(data: bytes, source: str, limit: int) -> Iterator[object]:
    try:
        if data[:2] == b"\x1f\x8b":
            data = _bounded(gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1), limit, source)
        if zipfile.is_zipfile(io.BytesIO(data)):
            yield from _of_zip(data, source, limit)
            return
        text = data.decode("utf-8")
        try:
            value = json.loads(text)
        except ValueError:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, EOFError, ValueError, RecursionError, zipfile.BadZipFile) as error:
        raise RegistryError(f"{source} is no OSV data: {error}") from error
    if isinstance(value, dict):
        value = value.get("vulns", [value])
    if not isinstance(value, list):
        raise RegistryError(f"{source} is no OSV data", help="a zip, a list, or a record a line")
    yield from value


def _of_zip(data: bytes, source: str, limit: int) -> Iterator[object]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        left = limit
        for member in archive.infolist():
            if not member.filename.endswith(".json"):
                continue
            with archive.open(member) as file:
                content = _bounded(file.read(left + 1), left, source)
            left -= len(content)
            yield json.loads(content)


def _bounded(data: bytes, limit: int, source: str) -> bytes:
    if len(data) > limit:
        raise RegistryError(
            f"{source} holds more than the limit", help="policy.mirror.limits.dump_megabytes"
        )
    return data
