"""OSV data read from a file or an address, and told of the servers that are here."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from builder.mirror import standing
from builder.mirror.sources import fetched
from builder.model.errors import RegistryError
from builder.model.layout import OVERLAYS, SERVERS, Kind, place
from builder.model.mirror_settings import MirrorLimits
from builder.net.exchange import MEBIBYTE
from builder.policy.advisories import Advisories, Affected, of_records
from builder.runtime import atomic

_PREFIX, _LINE = "advisories-", 300
_HEAD = "# Written by mcp-registry advisories --write, and by nobody else.\n"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


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
            affected = advisories.about(standing.read_object(path))
            if affected:
                yield where.name, where.version, affected


def write(
    root: Path, affected_versions: Iterable[tuple[str, str, tuple[Affected, ...]]]
) -> list[str]:
    """Write what was found as overlays of the servers, and remove those of servers without any now.

    Return the paths of the files that are there now.
    """
    by_server: dict[str, dict[Affected, list[str]]] = {}
    for name, version, affected in affected_versions:
        for advisory in affected:
            by_server.setdefault(name, {}).setdefault(advisory, []).append(version)
    paths = {f"{OVERLAYS}/{_slug(name)}.yaml": name for name in by_server}
    for path in root.glob(f"{OVERLAYS}/{_PREFIX}*.yaml"):
        if path.relative_to(root).as_posix() not in paths:
            path.unlink()
    for file, name in paths.items():
        (root / file).parent.mkdir(exist_ok=True)
        atomic.write(root / file, _overlay(name, by_server[name]).encode())
    return sorted(paths)


def _slug(name: str) -> str:
    return f"{_PREFIX}{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _overlay(name: str, affected: Mapping[Affected, list[str]]) -> str:
    advisories = [
        {
            "id": advisory.id,
            "package": f"{advisory.package} {advisory.version}".strip()[:_LINE],
            "summary": "".join(filter(str.isprintable, advisory.summary))[:_LINE],
            "versions": versions,
        }
        for advisory, versions in sorted(affected.items())
        if _ID.fullmatch(advisory.id)
    ]
    value = {"servers": [name], "advisories": advisories}
    return _HEAD + yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


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
