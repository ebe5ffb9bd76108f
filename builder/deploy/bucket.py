"""Deploy into a bucket (S3 and what speaks it, Google Cloud Storage, Azure), through obstore.

An object store has no rename, so a generation cannot be swapped in at once. Files are written in
phases instead; each document is whole by itself, and a reader that follows the service index
checks hashes, so that it takes one generation or the next, never a mixture. What was written is
noted after every batch: a deploy that died is resumed where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from builder.deploy import lock, plan
from builder.deploy.plan import MANIFEST, STATE, Manifest, Plan
from builder.errors import RegistryError
from builder.page import media_type

PROGRESS = f"{STATE}/progress.json"
BATCH = 500
CONNECTIONS = 16

MayReplace = Callable[[str], None]
CachePolicy = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Site:
    """A built site on this machine: its folder, what is in it, and its cache policy by path."""

    folder: Path
    manifest: Manifest
    cache_control: CachePolicy
    is_immutable: plan.IsImmutable


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deploy did: files written, deleted, and left alone."""

    written: int
    deleted: int
    unchanged: int


def deploy(store: ObjectStore, site: Site, may_replace: MayReplace, *, grace: int) -> Outcome:
    """Bring a bucket up to a built site.

    `may_replace` is called with the generation (commit) that the bucket has, and raises if this
    one may not replace it. Raises lock.Locked while another deploy is at work, RegistryError when
    the store refuses.
    """
    held = lock.acquire(store)
    try:
        have = _have(store)
        if have.generation:
            may_replace(have.generation)
        steps = plan.make(have, site.manifest, site.is_immutable, now=int(time.time()), grace=grace)
        _carry_out(store, site, steps, have, held)
    except BaseError as error:
        raise RegistryError(f"the object store refused: {error}") from error
    finally:
        held.release()
    return Outcome(sum(map(len, steps.writes)), len(steps.deletes), steps.unchanged)


def _have(store: ObjectStore) -> Manifest:
    """What the bucket holds: its manifest, and what a deploy that died wrote after it."""
    have = _read(store, MANIFEST) or Manifest()
    progress = _read(store, PROGRESS)
    return replace(have, files={**have.files, **progress.files}) if progress else have


def _carry_out(
    store: ObjectStore, site: Site, steps: Plan, have: Manifest, held: lock.Lock
) -> None:
    done: dict[str, str] = {}
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for phase in steps.writes:
            for batch in _batches(phase, BATCH):
                list(pool.map(lambda path: _upload(store, site, path), batch))
                done |= {path: steps.result.files[path] for path in batch}
                held.renew()
                _write(store, PROGRESS, replace(have, files=done))
    _write(
        store, MANIFEST, replace(steps.result, files={**steps.result.files, **_kept(have, steps)})
    )
    for paths in _batches(steps.deletes, BATCH):
        held.renew()
        obstore.delete(store, paths)
    _write(store, MANIFEST, steps.result)
    obstore.delete(store, PROGRESS)


def _kept(have: Manifest, steps: Plan) -> dict[str, str]:
    # Until they are deleted they are there: a deploy killed here must still know of them.
    return {path: have.files[path] for path in steps.deletes}


def _upload(store: ObjectStore, site: Site, path: str) -> None:
    attributes = {"Content-Type": media_type(path), "Cache-Control": site.cache_control(path)}
    obstore.put(store, path, (site.folder / path).read_bytes(), attributes=attributes)


def _read(store: ObjectStore, path: str) -> Manifest | None:
    try:
        return Manifest.decode(bytes(obstore.get(store, path).bytes()))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise RegistryError(
            f"{path} in the target is not readable: {error}",
            help="delete it there to upload everything again",
        ) from error


def _write(store: ObjectStore, path: str, manifest: Manifest) -> None:
    obstore.put(
        store,
        path,
        manifest.encode(),
        attributes={"Content-Type": "application/json", "Cache-Control": "no-store"},
    )


def _batches(paths: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(paths)
    while batch := list(islice(rest, size)):
        yield batch
