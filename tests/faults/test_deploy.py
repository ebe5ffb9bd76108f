"""A bucket that was damaged, locked, or lost a response; a deploy onto its own source."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.exceptions import GenericError
from obstore.store import S3Store

from builder import cli
from builder.deploy import bucket, lock, plan
from builder.deploy.store_errors import first_line
from tests.deploy.targets import (
    Killed,
    built,
    deploy,
    endpoint,
    killed_after,
    objects,
    registry,
    site_files,
    store,
    url,
)
from tests.faults.test_full_disk import require_one_line
from tests.faults.victim import with_small_files
from tests.registry import Registry, entry_file

__all__ = ["endpoint", "registry", "store"]
Capture = pytest.CaptureFixture[str]


def deface(target: S3Store) -> None:
    obstore.put(target, "index.html", b"defaced")
    obstore.put(target, "v0.1/servers/index.json", b"x" * 7)
    obstore.delete(target, ["registry.json"])


@pytest.mark.parametrize("option", ["--verify", "--force"])
def test_objects_that_were_damaged_are_repaired(
    option: str, registry: Registry, store: S3Store, capsys: Capture
) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    deface(store)
    assert deploy(registry, url(store), option) == 0
    assert objects(store) == site_files(out)
    printed = capsys.readouterr()
    if option == "--verify":
        assert "repaired: 3 files" in printed.err
        assert printed.out.splitlines()[-1].startswith("3 written")
        assert deploy(registry, url(store), option) == 0
        assert capsys.readouterr().out.startswith("0 written")


def test_what_somebody_added_is_named_and_removed_when_asked_to(
    registry: Registry, store: S3Store, capsys: Capture
) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    added = {"login.html": b"<form>", "v0.1/servers/com.evil/x/versions/index.json": b"{}"}
    for path, body in added.items():
        obstore.put(store, path, body)
    assert deploy(registry, url(store)) == 0
    capsys.readouterr()
    assert deploy(registry, url(store), "--verify") == 0
    assert "2 objects that no deploy has written: login.html, v0.1" in capsys.readouterr().err
    assert objects(store) == {**site_files(out), **added}, "a bucket may hold other things"
    assert deploy(registry, url(store), "--remove-foreign") == 2
    assert deploy(registry, url(store), "--verify", "--remove-foreign") == 0
    assert "removed: 2 objects" in capsys.readouterr().err
    assert objects(store) == site_files(out)
    assert deploy(registry, url(store), "--verify") == 0
    assert "object" not in capsys.readouterr().err


def test_files_of_the_generation_before_are_not_foreign(
    registry: Registry, store: S3Store, capsys: Capture
) -> None:
    built(registry)
    assert deploy(registry, url(store)) == 0
    registry.commit(entry_file(version="2.0.0"))
    built(registry)
    assert deploy(registry, url(store), "--verify", "--remove-foreign") == 0
    assert deploy(registry, url(store), "--verify", "--remove-foreign") == 0
    assert "object" not in capsys.readouterr().err


def full_after(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that has no room for anything after so many writes."""
    put, count = obstore.put, 0

    def refusing(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count > number:
            full = "<Code>QuotaExceeded</Code><Message>The bucket is full</Message>"
            raise GenericError(f"Generic S3 error: Client error 507 for x: {full}")
        return put(*arguments, **options)

    monkeypatch.setattr(obstore, "put", refusing)


def test_a_store_without_room_is_one_line_and_the_next_deploy_goes_on(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    old = site_files(out)
    registry.commit(entry_file(version="2.0.0"))
    new = site_files(built(registry))
    changed = len([path for path in new if new[path] != old.get(path)])
    steps = random.Random(18)
    for number in sorted({0, 1, 3, *steps.sample(range(4, changed // 2), 3)}):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            full_after(number, patch)
            assert deploy(registry, url(store)) == 2, f"full after {number} of {changed}"
        printed = capsys.readouterr().err.splitlines()
        assert len([line for line in printed if line.startswith("error: ")]) == 1
        assert "The bucket is full" in printed[0]
        for path, body in objects(store).items():
            assert body in (old.get(path), new.get(path)), path
    assert deploy(registry, url(store), "--grace", "0") == 0
    assert objects(store) == new


def test_a_deploy_to_a_bucket_from_a_full_disk(registry: Registry, store: S3Store) -> None:
    """It needs a few bytes for a moment: without them it says so before it begins."""
    out = built(registry)
    command = ["deploy", url(store), "--root", str(registry.root)]
    require_one_line(*with_small_files(0, command))
    assert objects(store) == {}
    code, said = with_small_files(3000, command)
    assert code == 0, said
    assert objects(store) == site_files(out)


def test_damage_of_the_same_size_behind_a_tag_that_is_no_hash_is_found(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a store encrypts, or has put an object together from parts."""
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    size = len((out / "index.html").read_bytes())
    obstore.put(store, "index.html", b"x" * size)
    listed = obstore.list

    def tagged(*arguments: Any) -> Any:
        for batch in listed(*arguments):
            yield [{**meta, "e_tag": '"0123-4"'} for meta in batch]

    monkeypatch.setattr(obstore, "list", tagged)
    assert deploy(registry, url(store), "--verify") == 0
    assert obstore.get(store, "index.html").bytes() == (out / "index.html").read_bytes()


def test_a_deploy_that_was_killed_is_resumed_by_the_next_of_the_same_site_at_once(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    out = built(registry)
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    for step in (1, 7, 30):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            killed_after(step, patch)
            deploy(registry, url(store))
        # The machine is gone: it did not give back its lease.
        assert lock._read(store) is not None
    assert deploy(registry, url(store)) == 0
    assert objects(store) == site_files(out)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        killed_after(9, patch)
        deploy(registry, url(store), "--force")
    registry.commit(entry_file(version="2.0.0"))
    built(registry)
    capsys.readouterr()
    assert deploy(registry, url(store)) == 2, "another site waits for the lease to run out"
    assert "another deploy is at work" in capsys.readouterr().err


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_lost_response_to_our_own_write_of_the_lease_is_no_other_deploy(
    writes: int, registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write was done, its answer got lost, and asking again is refused."""
    out = built(registry)
    put, count = obstore.put, 0

    def losing(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        answer = put(*arguments, **options)
        if arguments[1] == lock.PATH:
            count += 1
            if count == writes:
                return put(*arguments, **options)
        return answer

    monkeypatch.setattr(obstore, "put", losing)
    assert deploy(registry, url(store)) == 0
    assert count >= writes
    assert objects(store) == site_files(out)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"{}", b'{"holder": 7, "seconds": "x"}', b"\xff"]
)
def test_a_lease_of_no_known_form_runs_out_like_any_other(
    body: bytes, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstore.put(store, lock.PATH, body)
    with pytest.raises(lock.Locked, match="at work"):
        lock.acquire(store)
    monkeypatch.setattr(lock, "LEASE", 0)
    lock.acquire(store)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"version": 1}',
        b'{"version": 1, "generation": 7, "files": {}, "doomed": {}}',
        b'{"version": 1, "generation": "", "files": [], "doomed": {}}',
        b'{"version": 1, "generation": "", "files": {"a": 1}, "doomed": {}}',
        b'{"version": 1, "generation": "", "files": {}, "doomed": {"a": "b"}}',
        b"\xff",
    ],
)
@pytest.mark.parametrize("path", [plan.MANIFEST, bucket.PROGRESS])
def test_a_state_of_no_known_form_is_one_line(
    body: bytes, path: str, registry: Registry, store: S3Store, capsys: Capture
) -> None:
    built(registry)
    obstore.put(store, path, body)
    assert deploy(registry, url(store)) == 2
    assert f"{path} in the target is not readable" in capsys.readouterr().err


def test_a_deploy_onto_its_own_source_is_refused(
    registry: Registry, tmp_path: Path, capsys: Capture
) -> None:
    out = built(registry)
    before = site_files(out)
    link = tmp_path / "link"
    link.symlink_to(out)
    for target in (out, link, out / "www", out.parent):
        assert deploy(registry, target) == 2
        assert capsys.readouterr().err.startswith("error: ")
    assert site_files(out) == before
    assert deploy(registry, tmp_path / "www") == 0
    assert deploy(registry, tmp_path / "other", "--out", str(tmp_path / "www")) == 2
    assert "is the target of a deploy" in capsys.readouterr().err


def test_what_a_store_refuses_is_one_line_that_says_what_to_what(
    registry: Registry, store: S3Store, capsys: Capture
) -> None:
    built(registry)
    target = url(store).replace(store.config["bucket"], "b-that-is-not-there")
    assert cli.run(["deploy", target, "--root", str(registry.root)]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("error: cannot write to the target: ")
    assert len(printed.splitlines()) == 1
    assert not re.search(r"Debug source|\{\s|\bSome\(", printed)


def test_the_dump_of_an_error_is_left_out() -> None:
    dump = "Generic S3 error: Client error 404 for x: <Code>No</Code><Message>It is gone</Message>\n\nDebug source:\nRetry { inner: Some(7) }"
    assert first_line(GenericError(dump)).endswith("<Message>It is gone</Message>")
    odd = 'Encountered object with invalid path: Error parsing Path "a/../b": Encountered illegal'
    assert 'it holds "a/../b", which is no path' in first_line(GenericError(odd))
