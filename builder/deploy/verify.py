"""What is really in a bucket, against the manifest that says what should be.

The manifest is what deploys have written. Whoever changed or deleted an object by hand has not
changed the manifest, and so every deploy would leave the damage as it is. Whoever added one has put
a page of theirs at the registry's address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import obstore
from obstore.store import ObjectStore

from builder.deploy import plan
from builder.output.tree import DEPLOY_STATE

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class StoreState:
    """The paths whose object is missing or has other bytes than it should, and those of objects that
    no deploy has written, in order.
    """

    damaged: frozenset[str] = frozenset()
    foreign: tuple[str, ...] = ()


def compare(
    store: ObjectStore,
    expected: Mapping[str, str],
    known: Collection[str],
    read: Callable[[str], bytes],
) -> StoreState:
    """Compare what is in a bucket with what should be.

    `expected` maps paths to hashes, `known` are the paths that deploys have written or are going
    to, `read` gives a file's bytes. A listing tells the size and the ETag of each object; where the
    ETag is the MD5 of the bytes, as S3's mostly is, no object is fetched.
    """
    listed = {
        str(meta["path"]): (int(meta["size"]), (meta["e_tag"] or "").strip('"'))
        for batch in obstore.list(store)
        for meta in batch
        if not str(meta["path"]).startswith(f"{DEPLOY_STATE}/")
    }
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        whole = pool.map(partial(_is_whole, store, listed, read), expected.items())
        damaged = frozenset(path for path, good in zip(expected, whole, strict=True) if not good)
    return StoreState(damaged, tuple(sorted(listed.keys() - known)))


def _is_whole(
    store: ObjectStore,
    listed: Mapping[str, tuple[int, str]],
    read: Callable[[str], bytes],
    item: tuple[str, str],
) -> bool:
    path, digest = item
    if path not in listed:
        return False
    body = read(path)
    size, tag = listed[path]
    if size != len(body):
        return False
    if tag == hashlib.md5(body, usedforsecurity=False).hexdigest():
        return True
    try:
        return plan.digest(bytes(obstore.get(store, path).bytes())) == digest
    except FileNotFoundError:
        return False
