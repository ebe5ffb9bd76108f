"""What the log costs: its tiles in a clean build and in the next one, and a cold proof of an entry."""

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
from builder.pages.sync import log
from builder.pull import prove
from builder.pull.site_files import FolderFiles

CLEAN, NEXT, REQUESTS, KILOBYTES = 2.0, 0.1, 10, 40


def figures(source: Source, out: Path, work: Path) -> Iterator[str]:
    """Yield a line for each figure with its aim. `out` is the built site, `work` a folder to use."""
    cache = Cache(work / "proofs")
    reading = saved_reading.save(cache, source.reading, None)
    catalogue = saved_reading.attach_cache(source, cache, reading, None)
    seconds, pages = _made(catalogue, source, everything=True)
    yield f"tiles in a clean build: {seconds:.2f} s, aim {CLEAN:.0f} s ({pages:,} files)"
    again = replace(catalogue, memo=Memo(cache, catalogue.memo.save())).with_derived(
        fingerprint.servers, catalogue.derived(fingerprint.servers)
    )
    seconds, _ = _made(again, source, everything=False)
    yield f"tiles in the next build: {seconds:.2f} s, aim {NEXT} s"
    yield _cold(catalogue, out, work)


def _made(catalogue: Catalogue, source: Source, *, everything: bool) -> tuple[float, int]:
    start = time.perf_counter()
    pages: Iterable[Page] = log.pages(catalogue, source.config)
    count = 0
    for page in pages:
        count += 1
        if everything or not page.inputs:
            assert isinstance(page.body, bytes)
    return time.perf_counter() - start, count


def _cold(catalogue: Catalogue, out: Path, work: Path) -> str:
    key = work / "log-key.pem"
    private = Ed25519PrivateKey.generate()
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    sealed = measure.registry("seal", "--out", out, "--key", key, "--first")
    site = FolderFiles(out)
    name = catalogue.servers[len(catalogue.servers) // 2].name
    opened = prove.open_log(site, prove.published_key(FolderFiles(out)))
    prove.prove_item(site, opened, prove.fetch_version(site, name, "latest"))
    return (
        f"cold proof of an entry: {site.requests + 1} requests, aim {REQUESTS}; "
        f"{site.received / 1000:.1f} kB, aim {KILOBYTES} kB; seal: {sealed.seconds:.1f} s"
    )
