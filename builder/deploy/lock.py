"""One deploy at a time: a lease in the target, taken and renewed by compare-and-swap.

A deploy that died leaves its lease behind; it runs out after a few minutes, and the next deploy
takes it over, one of the very same site at once. A deploy that lost its lease stops before it
writes anything more. When a lease runs out is told by the store's clock alone: the machines that
deploy may have different times.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import obstore
import orjson
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import ObjectStore

from builder.deploy.store_errors import first_line
from builder.model.errors import RegistryError
from builder.output.tree import DEPLOY_STATE

PATH = f"{DEPLOY_STATE}/lock.json"
CLOCK = f"{DEPLOY_STATE}/clock.json"
LEASE = 180  # seconds
_TAKEN = (PreconditionError, AlreadyExistsError, FileNotFoundError)


class Locked(RegistryError):
    """Another deploy is at work on this target, or has taken it over from this one."""


@dataclass(frozen=True, slots=True)
class _Lease:
    """The lease in the target: its owner and site, how long it is for, and since when."""

    holder: str
    site: str
    seconds: float
    since: datetime
    tag: str | None


@dataclass(slots=True)
class Lock:
    """A lease that this process holds.

    `site` is the digest of what is deployed, `tag` the lock object's, for the next swap. `since`
    is when it was last renewed, by this machine's monotonic clock, counted from before the
    request: no later than the lease itself begins.
    """

    store: ObjectStore
    holder: str
    site: str
    tag: str | None
    since: float

    def keep(self) -> None:
        """Renew the lease in good time; cheap enough to be called after every file."""
        if time.monotonic() - self.since > LEASE / 3:
            self.renew()

    def require(self) -> None:
        """Raise Locked if the lease may have run out: somebody else may be writing by now."""
        if time.monotonic() - self.since > LEASE:
            raise Locked(
                "this deploy was held up for longer than its lease", help="run it again to resume"
            )

    def renew(self) -> None:
        """Hold the lease for LEASE seconds more; Locked if somebody else has it by now."""
        since = time.monotonic()
        tag = _swap(self.store, self.holder, self.site, {"e_tag": self.tag}, LEASE)
        if tag is None:
            raise Locked("another deploy has taken over this target")
        self.tag, self.since = tag, since

    def release(self) -> None:
        """Give the lease back, unless somebody else has it by now."""
        # Swapped for one that has run out, not deleted: a deletion would take another's as well.
        with suppress(RegistryError):
            _swap(self.store, self.holder, self.site, {"e_tag": self.tag}, 0)


def acquire(store: ObjectStore, site: str = "") -> Lock:
    """Take the lease for a site (its digest), also over from a deploy that died.

    Raises Locked while another deploy is alive. One of the same site is not waited for: either
    it died, or it writes the same bytes and stops at its next renewal.
    """
    holder = uuid.uuid4().hex
    since = time.monotonic()
    tag = _swap(store, holder, site, "create", LEASE)
    if tag is None:
        lease = _read(store)
        if lease is None:
            raise Locked("another deploy has just started on this target")
        _require_free(store, lease, site)
        since = time.monotonic()
        tag = _swap(store, holder, site, {"e_tag": lease.tag}, LEASE)
    if tag is None:
        raise Locked("another deploy has just started on this target")
    return Lock(store, holder, site, tag, since)


def _require_free(store: ObjectStore, lease: _Lease, site: str) -> None:
    if site and lease.site == site:
        return
    left = lease.seconds - (_store_time(store) - lease.since).total_seconds()
    if left > 0:
        raise Locked(
            f"another deploy is at work on this target (its lease ends in {left:.0f} s)",
            help="wait for it; the lease of a deploy that died runs out by itself",
        )


def _store_time(store: ObjectStore) -> datetime:
    """Return the store's own time: that of an object written just now."""
    try:
        obstore.put(store, CLOCK, b"{}")
        return obstore.head(store, CLOCK)["last_modified"]
    except BaseError as error:
        raise RegistryError(f"cannot write to the target: {first_line(error)}") from error


def _read(store: ObjectStore) -> _Lease | None:
    try:
        stored = obstore.get(store, PATH)
        body = bytes(stored.bytes())
    except FileNotFoundError:
        return None
    except BaseError as error:
        raise RegistryError(f"cannot read {PATH} in the target: {first_line(error)}") from error
    try:
        value = orjson.loads(body)
        holder, site = str(value["holder"]), str(value.get("site", ""))
        seconds = float(value.get("seconds", LEASE))
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not of our form: as good as a lease of the usual length.
        holder, site, seconds = "", "", float(LEASE)
    return _Lease(holder, site, seconds, stored.meta["last_modified"], stored.meta["e_tag"])


def _swap(store: ObjectStore, holder: str, site: str, mode: Any, seconds: float) -> str | None:
    """Write the lease if the object is the expected one; its tag, None if it is another's.

    A response that was lost makes a write look refused that was done: then it is our own.
    """
    body = orjson.dumps({"holder": holder, "site": site, "seconds": seconds})
    try:
        return obstore.put(store, PATH, body, mode=mode)["e_tag"]
    except NotImplementedError as error:
        raise RegistryError(
            "this target cannot swap an object conditionally, so deploys cannot be kept apart"
        ) from error
    except _TAKEN as error:
        # An object that is to be made anew cannot be missing: it is the bucket that is.
        missing = isinstance(error, FileNotFoundError) and mode == "create"
        refused: Exception | None = error if missing else None
    except BaseError as error:
        refused = error
    lease = _read(store)
    if lease is not None and (lease.holder, lease.seconds) == (holder, seconds):
        return lease.tag
    if refused is not None:
        raise RegistryError(f"cannot write to the target: {first_line(refused)}") from refused
    return None
