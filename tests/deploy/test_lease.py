"""One deploy at a time writes to a bucket: its lease."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import obstore
import pytest
from obstore.store import S3Store

from builder.deploy import bucket, lock
from builder.deploy import target as targets
from tests.deploy.targets import built, deploy, objects, url
from tests.registry import Registry


def test_two_deploys_cannot_run_at_once_and_a_dead_ones_lease_runs_out(
    registry: Registry,
    store: S3Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    built(registry)
    held = lock.acquire(store)
    assert deploy(registry, url(store)) == 2
    assert "another deploy is at work" in capsys.readouterr().err
    assert objects(store) == {}
    monkeypatch.setattr(lock, "LEASE", -1)
    held.renew()
    monkeypatch.undo()
    taken = lock.acquire(store)
    with pytest.raises(lock.Locked, match="taken over"):
        held.renew()
    held.release()
    with pytest.raises(lock.Locked, match="at work"):
        lock.acquire(store)  # who lost the lease cannot give it back for who has it
    taken.release()
    lock.acquire(store).release()


def test_a_lease_holds_to_its_last_second_by_the_stores_clock(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = lock.acquire(store)
    since = obstore.head(store, lock.PATH)["last_modified"]
    later = timedelta(seconds=lock.LEASE - 1)
    monkeypatch.setattr(lock, "_store_time", lambda _: since + later)
    # What this machine believes the time to be says nothing of that.
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    with pytest.raises(lock.Locked, match="its lease ends in 1 s"):
        lock.acquire(store)
    later += timedelta(seconds=1)
    lock.acquire(store)
    with pytest.raises(lock.Locked, match="taken over"):
        held.renew()


def test_of_two_that_find_a_lease_run_out_one_gets_it(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock.acquire(store).release()
    read = obstore.get

    def get(*arguments: Any) -> Any:
        found = read(*arguments)
        monkeypatch.setattr(obstore, "get", read)
        lock.acquire(store)  # the other one, between our look and our swap
        return found

    monkeypatch.setattr(obstore, "get", get)
    with pytest.raises(lock.Locked, match=r"just started|at work"):
        lock.acquire(store)


def test_a_deploy_that_lost_its_lease_writes_nothing_more(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = targets.read_site(registry.repository, built(registry))
    put, clock = obstore.put, time.monotonic

    def put_and_sleep(*arguments: Any, **options: Any) -> Any:
        if arguments[1].endswith("index.json"):
            # The machine sleeps for longer than the lease, and another deploy is at work by now.
            assert not late, "written after the lease"
            late.append(arguments[1])
            # First the other one, or this one could renew in between, which would be right.
            put(store, lock.PATH, b"{}")
            monkeypatch.setattr(time, "monotonic", lambda: clock() + lock.LEASE + 1)
        return put(*arguments, **options)

    late: list[str] = []
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    monkeypatch.setattr(obstore, "put", put_and_sleep)
    with pytest.raises(lock.Locked, match=r"held up for longer than its lease|taken over"):
        bucket.deploy(store, site, lambda _: None, grace=0)
