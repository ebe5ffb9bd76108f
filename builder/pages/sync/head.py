"""What a copy of the registry is kept in step by: list pages, change log, snapshot, and the head.

The head is the one small document that changes with every generation. It is of the same size at
any size of the registry, and has the hash of everything that a copy is made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from builder.catalogue.catalogue import Catalogue
from builder.model import timestamp
from builder.model.config import Config
from builder.model.page import Page, json_page
from builder.pages.api.servers import extension as extension_folder
from builder.pages.sync import changes, index, lists, snapshot

FORMAT = 1
NAMED = (
    "changes/index.json",
    "pages/all/index.json",
    "pages/latest/index.json",
    "snapshot.jsonl.gz",
)
"""The files whose hashes the head has."""


def pages(catalogue: Catalogue, config: Config) -> Iterator[Page]:
    """All files that a copy is made from, the head last."""
    folder = extension_folder(config)
    hashes = {}
    for page in _below(catalogue, config, folder):
        yield page
        url = page.path.removeprefix(f"{folder}/")
        if url in NAMED:
            hashes[url] = index.sha256(page.body)
    yield json_page(f"{folder}/head.json", _head(catalogue, config, hashes))


def _below(catalogue: Catalogue, config: Config, folder: str) -> Iterator[Page]:
    memo = catalogue.memo
    every, latest = lists.listings(catalogue, config)
    members = snapshot.SnapshotMembers(memo)
    yield from lists.pages(every, memo, members.add)
    yield from lists.pages(latest, memo)
    yield from changes.pages(
        catalogue.events,
        f"{folder}/changes",
        config.extension_namespace,
        memo,
        lean=config.pages.lean,
    )
    yield members.page(catalogue, f"{folder}/snapshot.jsonl.gz")


def _head(catalogue: Catalogue, config: Config, hashes: Mapping[str, str]) -> dict[str, Any]:
    """`event` is the hash of the newest event's bytes, `newest` are rows as of the log's index.

    With these rows a copy that is not far behind needs no index. The URLs in `sha256` are relative
    to the head, those in the rows to the log's index.
    """
    events, extension = catalogue.events, config.extension_namespace
    return {
        "format": FORMAT,
        "sequence": len(events),
        "time": timestamp.render(catalogue.time),
        "generation": catalogue.commit,
        "change": changes.change_key(extension),
        "event": index.sha256(changes.item(events[-1], extension)) if events else "",
        "newest": changes.newest(events, extension, lean=config.pages.lean),
        "sha256": {url: hashes[url] for url in NAMED},
    }
