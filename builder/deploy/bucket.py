"""Deploy into a bucket (S3 and what speaks it, Google Cloud Storage, Azure), through obstore.

An object store has no rename, so a generation cannot be swapped in at once. Files are written in
phases instead; each document is whole by itself, and a reader that follows the service index
checks hashes, so that it takes one generation or the next, never a mixture. What is about to be
written is noted before every batch: a deploy that died is resumed where it stopped, by this
generation or by any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from builder.deploy import lock, plan, verify
from builder.deploy.plan import MANIFEST, Manifest, Plan
from builder.deploy.store_errors import first_line
from builder.deploy.verify import StoreState
from builder.model.errors import RegistryError
from builder.model.page import media_type
from builder.output.tree import DEPLOY_STATE

PROGRESS = f"{DEPLOY_STATE}/progress.json"
BATCH = 500
"""Files that are written between two notes of what is there, at least, and objects deleted at once."""
GROWTH = 4
"""A batch is at least one part in so many of what is noted: a note holds all that was written.

Of 200,000 files the notes after every 500 would have six times the bytes of the site.
"""
CONNECTIONS = 16

MayReplace = Callable[[str], None]
CachePolicy = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class BuiltSite:
    """A built site on this machine: its folder, what is in it, and its cache policy by path."""

    folder: Path
    manifest: Manifest
    cache_control: CachePolicy
    is_immutable: plan.IsImmutable

    def read(self, path: str) -> bytes:
        """Read a file; RegistryError if it is no longer the one of the manifest."""
        try:
            body = (self.folder / path).read_bytes()
        except FileNotFoundError:
            body = b""
        if plan.digest(body) != self.manifest.files[path]:
            raise RegistryError(
                f"{self.folder / path} has changed since the deploy began",
                help="deploy again when no build is at work",
            )
        return body


@dataclass(frozen=True, slots=True)
class DeployResult:
    """What a deploy did: files written, deleted, left alone, and of those written damaged ones.

    `foreign` are objects of a bucket that no deploy has written.
    """

    written: int
    deleted: int
    unchanged: int
    repaired: int = 0
    foreign: tuple[str, ...] = ()


def deploy(
    store: ObjectStore,
    site: BuiltSite,
    may_replace: MayReplace,
    *,
    grace: int,
    everything: bool = False,
    verify_objects: bool = False,
    remove_foreign: bool = False,
) -> DeployResult:
    """Bring a bucket up to a built site.

    `may_replace` is called with the generation (commit) that the bucket has, and raises if this one
    may not replace it. `everything` writes every file whatever the bucket has, `verify_objects`
    those whose object is not what the manifest says, and `remove_foreign` then deletes what no
    deploy has written. Raises lock.Locked while another deploy is at work, RegistryError when the
    store refuses.
    """
    held = lock.acquire(store, plan.digest(site.manifest.encode()))
    try:
        have, begun = _found(store, may_replace)
        state = _compared(store, site, have) if verify_objects else StoreState()
        steps = plan.make(
            have,
            site.manifest,
            site.is_immutable,
            now=int(time.time()),
            grace=grace,
            rewrite=site.manifest.files if everything else state.damaged,
        )
        _write_files(store, site, steps, begun, held)
        _finish(store, steps, have, held)
        if remove_foreign:
            _delete_batches(store, state.foreign, held)
    except BaseError as error:
        raise RegistryError(f"the object store refused: {first_line(error)}") from error
    finally:
        held.release()
    return DeployResult(
        sum(map(len, steps.writes)),
        len(steps.deletes),
        steps.unchanged,
        len(state.damaged),
        state.foreign,
    )


def _found(store: ObjectStore, may_replace: MayReplace) -> tuple[Manifest, Manifest]:
    """Return what the bucket has, with what a killed deploy wrote, and that alone, if both may be replaced."""
    deployed = _read(store, MANIFEST) or Manifest()
    begun = _read(store, PROGRESS) or Manifest()
    for generation in filter(None, (deployed.generation, begun.generation)):
        may_replace(generation)
    return replace(deployed, files={**deployed.files, **begun.files}), begun


def _compared(store: ObjectStore, site: BuiltSite, have: Manifest) -> StoreState:
    """Return which files should be in the bucket as they are here and are not, and what is not from here."""
    same = {
        path: digest
        for path, digest in site.manifest.files.items()
        if have.files.get(path) == digest
    }
    return verify.compare(store, same, have.files.keys() | site.manifest.files.keys(), site.read)


def _write_files(
    store: ObjectStore, site: BuiltSite, steps: Plan, begun: Manifest, held: lock.Lock
) -> None:
    """Write by phases and batches. `begun` is what deploys that died have written."""
    noted = dict(begun.files)

    def upload(path: str) -> None:
        held.require()
        _upload(store, site, path)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for phase in steps.writes:
            left = iter(phase)
            while batch := list(islice(left, max(BATCH, len(noted) // GROWTH))):
                held.renew()
                # Whatever comes of this batch: until it is done nobody knows what is there.
                noted |= dict.fromkeys(batch, "")
                _write(store, PROGRESS, replace(steps.result, files=noted, doomed={}))
                for _ in pool.map(upload, batch):
                    held.keep()
                noted |= {path: steps.result.files[path] for path in batch}
    held.renew()


def _finish(store: ObjectStore, steps: Plan, have: Manifest, held: lock.Lock) -> None:
    """Note that the generation is there, and delete what is not of it."""
    left = {**steps.result.files, **_kept(have, steps)}
    _write(store, MANIFEST, replace(steps.result, files=left))
    _delete(store, [PROGRESS])  # before anything that it says is there goes
    _delete_batches(store, steps.deletes, held)
    _write(store, MANIFEST, steps.result)


def _delete_batches(store: ObjectStore, paths: Sequence[str], held: lock.Lock) -> None:
    for batch in _batches(paths, BATCH):
        held.renew()
        _delete(store, batch)


def _kept(have: Manifest, steps: Plan) -> dict[str, str]:
    # Until they are deleted they are there: a deploy killed here must still know of them.
    return {path: have.files[path] for path in steps.deletes}


def _upload(store: ObjectStore, site: BuiltSite, path: str) -> None:
    attributes = {"Content-Type": media_type(path), "Cache-Control": site.cache_control(path)}
    obstore.put(store, path, site.read(path), attributes=attributes)


def _delete(store: ObjectStore, paths: Sequence[str]) -> None:
    try:
        obstore.delete(store, paths)
    except FileNotFoundError:
        # S3 deletes what is not there without a word; others stop at it.
        for path in paths:
            with suppress(FileNotFoundError):
                obstore.delete(store, path)


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
