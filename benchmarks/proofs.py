"""What the log costs: its files in a clean build and in the next one, and a cold proof of an entry."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks import measure
from builder.build import saved_reading
from builder.build.source import Source
from builder.cache.memo import Memo
from builder.cache.store import Cache
from builder.catalogue import fingerprint
from builder.catalogue.catalogue import Catalogue
from builder.model.page import Page
from builder.pages.sync import changes, log, lookups
from builder.pull import prove
from builder.pull.site_files import FolderFiles, RememberedFiles
from builder.runtime import gc_pause

CLEAN, NEXT, REQUESTS, KILOBYTES = 2.0, 0.1, 10, 40
SAMPLE = 200


def figures(source: Source, out: Path, work: Path) -> Iterator[str]:
    """Yield a line for each figure with its aim. `out` is the built site, `work` a folder to use."""
    cache = Cache(work / "proofs")
    reading = saved_reading.save(cache, source.reading, None)
    catalogue = saved_reading.attach_cache(source, cache, reading, None)
    yield from _built(catalogue, source, "a clean build", CLEAN, everything=True)
    again = replace(catalogue, memo=Memo(cache, catalogue.memo.save())).with_derived(
        fingerprint.servers, catalogue.derived(fingerprint.servers)
    )
    yield from _built(again, source, "the next build", NEXT, everything=False)
    yield _cold(catalogue, out, work)


def _built(
    catalogue: Catalogue, source: Source, build: str, aim: float, *, everything: bool
) -> Iterator[str]:
    """Yield what the tiles cost, and what the lookup files do, which are no tiles but belong to the log.

    As in a build the shards of the change log are made first: they and the tiles share the digests of
    all events' items.
    """
    config = source.config
    shards = changes.pages(catalogue.events, "log", config.extension_namespace, catalogue.memo)
    yield f"shards of the change log in {build}: {_made(shards, everything=everything)}"
    tiles = log.tree_pages(catalogue, source.config, "log")
    yield f"tiles in {build}: {_made(tiles, everything=everything)}, aim {aim:.1f} s"
    made = _made(lookups.pages(catalogue, "log"), everything=everything)
    yield f"the log's lookup files in {build}: {made}"


def _made(pages: Iterable[Page], *, everything: bool) -> str:
    clock, processor = time.perf_counter(), time.process_time()
    count = 0
    with gc_pause.paused():  # as in a build
        for page in pages:
            count += 1
            if everything or not page.inputs:
                assert isinstance(page.body, bytes)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    return f"{clock:.2f} s ({processor:.2f} s of processor, {count:,} files)"


def _cold(catalogue: Catalogue, out: Path, work: Path) -> str:
    key = work / "log-key.pem"
    private = Ed25519PrivateKey.generate()
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    sealed = measure.registry("seal", "--out", out, "--key", key, "--first")
    servers = catalogue.servers
    costs = sorted(_cost(out, server.name) for server in servers[:: len(servers) // SAMPLE or 1])
    (requests, size), worst = costs[len(costs) // 2], costs[-1]
    return (
        f"cold proof of an entry: {requests} requests and {size / 1000:.1f} kB, the dearest of "
        f"{len(costs)} {worst[0]} and {worst[1] / 1000:.1f} kB, aim {REQUESTS} and {KILOBYTES} kB; "
        f"seal: {sealed.seconds:.1f} s"
    )


def _cost(out: Path, name: str) -> tuple[int, int]:
    """Return requests and bytes for somebody who has nothing yet: index, key, document, proof."""
    files, documents = FolderFiles(out), FolderFiles(out)
    site = RememberedFiles(files)
    opened = prove.open_log(site, prove.published_key(site))
    prove.prove_item(site, opened, prove.fetch_version(documents, name, "latest"))
    return files.requests + documents.requests, files.received + documents.received
