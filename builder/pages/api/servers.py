"""The official API as files: list, versions and single versions, under /v0.1 (and /v0).

Every document is an `index.json` in a folder of its URL's name, because `/v0.1/servers` is both a
document and a prefix of others; that layout is served rightly by every host tried
(documentation, "Hosts"). Shapes: official contract, section 1.6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

import orjson

from builder import __version__
from builder.cache.chunks import pieces
from builder.catalogue import fingerprint
from builder.catalogue.apart import apart
from builder.catalogue.by_server import by_server
from builder.catalogue.catalogue import Catalogue
from builder.catalogue.server import Server, Version
from builder.hosts.table import LARGEST_FILE
from builder.model import timestamp
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.model.page_paths import INDEX, LATEST, version_document, versions_document
from builder.model.sidecars import Namespace
from builder.runtime.once import once

RUN = 128
"""Servers of a run on average."""
SMALL: Mapping[str, Mapping[str, object]] = {"health": {"status": "ok"}, "ping": {"pong": True}}
"""The small endpoints that always say the same."""
APART = "apart.json"
"""The latest versions that are not in the list of all, because they break the current schema."""
OFFICIAL_SOURCE = "https://github.com/modelcontextprotocol/registry"


def prefixes(config: Config) -> tuple[str, ...]:
    """Return the API's prefixes that this registry serves."""
    return ("v0.1", "v0") if config.api.v0 else ("v0.1",)


def written_prefixes(config: Config) -> tuple[str, ...]:
    """Return the prefixes that files are written for: hosts that can serve /v0 from /v0.1 need no copies."""
    return ("v0.1", "v0") if config.needs_v0_files else ("v0.1",)


def extension(config: Config) -> str:
    """Return the folder of this registry's own extensions of the API, without slashes at its ends."""
    return f"v0.1/x/{config.extension_namespace}"


def list_body(
    items: Iterable[bytes],
    next_cursor: str | None = None,
    metadata: Mapping[str, object] | None = None,
) -> bytes:
    """Make a list response from items; `nextCursor` is left out at the end of a list.

    `metadata` has further members, or the `count` where some of the items come as one, with
    commas between.
    """
    parts = list(items)
    cursor = {"nextCursor": next_cursor} if next_cursor else {}
    members = orjson.dumps({**cursor, "count": len(parts), **(metadata or {})})
    return b'{"servers":[%b],"metadata":%b}' % (b",".join(parts), members)


def server_pages(server: Server, _namespace: Namespace | None, config: Config) -> Iterator[Page]:
    """Yield all versions, the latest, and each version of one server; deleted ones are hidden.

    A server that has deleted versions gets the same pages with them below the extension folder,
    for `include_deleted=true`.
    """
    visible = server.visible
    for prefix in written_prefixes(config):
        yield from version_documents(f"{prefix}/servers/{server.name}", visible, config)
    if len(visible) < len(server.versions):
        yield from version_documents(
            f"{extension(config)}/deleted/{server.name}", server.versions, config
        )


def catalogue_pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """Yield the single list of latest versions, the small endpoints, and registry.json.

    `/v0.1/servers` is one document without `nextCursor`: a host that ignores queries would send
    a client that follows a cursor round and round.
    """
    # Left out only where every named host can page, and then only if it is more than the strictest takes.
    whole = _whole(catalogue, config, most=None if config.needs_whole_list else LARGEST_FILE)
    small = {
        **SMALL,
        "version": {
            "version": __version__,
            "git_commit": catalogue.commit,
            "build_time": timestamp.render(catalogue.time),
        },
    }
    for prefix in written_prefixes(config):
        if whole is not None:
            yield Page(f"{prefix}/servers/{INDEX}", whole)
        for name, body in small.items():
            yield json_page(f"{prefix}/{name}/{INDEX}", body)
    if whole is not None:
        yield Page("registry.json", whole)
    if items := list(_items_apart(catalogue, config)):
        yield Page(f"{extension(config)}/{APART}", list_body(items))


def _whole(catalogue: Catalogue, config: Config, most: int | None) -> bytes | None:
    """Return the list of all latest versions, but those apart; None if it has more bytes than `most`.

    The items of many servers are looked up at once. What an item says is in the hash of its server.
    """
    hashes, memo = catalogue.derived(fingerprint.servers), catalogue.memo
    is_shown, left = by_server(catalogue, "shown", _is_shown), apart(catalogue, config)
    shown = [name for name in is_shown if is_shown[name] and name not in left]
    parts, size = [], 0
    for run in pieces(shown, RUN, str):
        inputs = fingerprint.of(hashes[name] for name in run)
        part = once(partial(memo.data, "items", inputs, partial(_items, catalogue, run, config)))
        parts.append(part)
        if most is not None:
            size += memo.value("items-size", inputs, partial(_length, part))
            if size > most:  # nobody needs the rest, nor reads what the last build has measured
                return None
    metadata = {"count": len(shown), **of_all(config, len(left))}
    body = list_body((part() for part in parts), metadata=metadata)
    return None if most is not None and len(body) > most else body


def _length(part: Callable[[], bytes]) -> int:
    return len(part())


def of_all(config: Config, apart: int) -> dict[str, object]:
    """Return the metadata of a list of all servers but those that stand `apart`, so many.

    A host that serves it has not looked at the query: not even at `search`.
    """
    own = config.extension_namespace
    return {f"{own}/unfiltered": True, **({f"{own}/apart": apart} if apart else {})}


def _items_apart(catalogue: Catalogue, config: Config) -> Iterator[bytes]:
    """Yield the items that are not in the list of all. They are looked up one by one: to read a few
    servers reads a run for each.
    """
    hashes = catalogue.derived(fingerprint.servers)
    for name in sorted(apart(catalogue, config)):
        text = catalogue.memo.value(
            "apart-item", hashes[name], partial(_text, catalogue, name, config)
        )
        yield text.encode()


def _text(catalogue: Catalogue, name: str, config: Config) -> str:
    return _items(catalogue, [name], config).decode()


def _is_shown(server: Server) -> bool:
    return server.latest is not None


def _items(catalogue: Catalogue, names: Iterable[str], config: Config) -> bytes:
    latest = (catalogue.by_name[name].latest for name in names)
    return b",".join(version.item(config.extension_namespace) for version in latest if version)


def version_documents(folder: str, versions: Sequence[Version], config: Config) -> Iterator[Page]:
    """Yield the list of a server's versions, and each of them, below the folder of the server."""
    if not versions:
        return
    items = [version.item(config.extension_namespace) for version in versions]
    yield Page(versions_document(folder), list_body(items))
    for version, item in zip(versions, items, strict=True):
        yield Page(version_document(folder, version.version), item)
        if version.is_latest:
            yield Page(version_document(folder, LATEST), item)
