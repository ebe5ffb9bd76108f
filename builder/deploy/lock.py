"""One deploy at a time: a lease in the target, taken and renewed by compare-and-swap.

A deploy that died leaves its lease behind; it runs out after a few minutes, and the next deploy
takes it over. A deploy that lost its lease stops before it writes anything more.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import obstore
import orjson
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import ObjectStore

from builder.deploy.plan import STATE
from builder.model.errors import RegistryError

PATH = f"{STATE}/lock.json"
LEASE = 180  # seconds


class Locked(RegistryError):
    """Another deploy is at work on this target, or has taken it over from this one."""


@dataclass(slots=True)
class Lock:
    """A lease that this process holds.

    `tag` is the lock object's, for the next swap; `since` is when it was last renewed, by the
    machine's own clock, counted from before the request: no later than the lease itself begins.
    """

    store: ObjectStore
    holder: str
    tag: str
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
        """Hold the lease for another while; Locked if somebody else has it by now."""
        since = time.monotonic()
        try:
            self.tag = _put(self.store, self.holder, {"e_tag": self.tag}, LEASE)
        except (PreconditionError, AlreadyExistsError, FileNotFoundError) as error:
            raise Locked("another deploy has taken over this target") from error
        self.since = since

    def release(self) -> None:
        """Give the lease back, unless somebody else has it by now."""
        # Swapped for one that has run out, not deleted: a deletion would take another's as well.
        with suppress(PreconditionError, AlreadyExistsError, FileNotFoundError):
            _put(self.store, self.holder, {"e_tag": self.tag}, 0)


def acquire(store: ObjectStore) -> Lock:
    """Take the lease, also over from a deploy that died; Locked while one is alive."""
    holder = uuid.uuid4().hex
    since = time.monotonic()
    try:
        return Lock(store, holder, _put(store, holder, "create", LEASE), since)
    except AlreadyExistsError:
        pass
    try:
        found = obstore.get(store, PATH)
        known = orjson.loads(bytes(found.bytes()))
        left = known["expires"] - time.time()
        if left > 0:
            raise Locked(
                f"another deploy is at work on this target (its lease ends in {left:.0f} s)",
                help="wait for it; the lease of a deploy that died runs out by itself",
            )
        tag = _put(store, holder, {"e_tag": found.meta["e_tag"]}, LEASE)
        return Lock(store, holder, tag, since)
    except (PreconditionError, AlreadyExistsError, FileNotFoundError) as error:
        raise Locked("another deploy has just started on this target") from error


def _put(store: ObjectStore, holder: str, mode: Any, seconds: float) -> str:
    body = orjson.dumps({"holder": holder, "expires": time.time() + seconds})
    try:
        return obstore.put(store, PATH, body, mode=mode)["e_tag"] or ""
    except NotImplementedError as error:
        raise RegistryError(
            "this target cannot swap an object conditionally, so deploys cannot be kept apart"
        ) from error
    except (PreconditionError, AlreadyExistsError, FileNotFoundError):
        raise
    except BaseError as error:
        raise RegistryError(f"cannot write to the target: {error}") from error
