"""Deploys to a bucket that are killed between any two requests."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest
from obstore.store import S3Store

from builder import cli
from builder.deploy import bucket
from tests.deploy.targets import (
    EXTENSION,
    Killed,
    built,
    deploy,
    end_lease,
    killed_after,
    objects,
    site_files,
    site_of,
    url,
)
from tests.registry import Registry, entry_file


def test_killed_at_every_step_a_deploy_is_resumed_and_readers_see_whole_documents(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    old = site_files(out)
    registry.commit(entry_file(version="2.0.0"))
    registry.commit({"servers/com.example/other/status.yaml": '"*": {status: deleted}\n'})
    built(registry)
    new = site_files(out)
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    monkeypatch.setattr(bucket, "BATCH", 5)
    for step in range(0, 1000, 3):
        end_lease(store)
        with monkeypatch.context() as patch:
            count = killed_after(step, patch)
            try:
                code = deploy(registry, url(store), "--grace", "0")
            except Killed:
                code = -1
            finished = code == 0 and count() <= step
        there = objects(store)
        for path, body in there.items():
            assert body in (old.get(path), new.get(path)), path
        if there["index.json"] == new["index.json"]:
            assert all(there.get(path) == body for path, body in new.items()), (
                "the index came too early"
            )
        if finished:
            break
    assert finished
    assert objects(store) == new


def test_after_any_deaths_a_bucket_is_the_generation_that_was_deployed_last(
    registry: Registry, store: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What dead deploys of other generations have left counts for nothing, known of or not."""
    generations = [site_files(built(registry))]
    registry.git("tag", "first")
    assert deploy(registry, url(store), "--grace", "0") == 0
    for version in ("2.0.0", "3.0.0"):
        registry.commit(entry_file(version=version))
        generations.append(site_files(built(registry)))
    outs = [tmp_path / str(number) for number in range(3)]
    for out, rev in zip(outs, ("first", "HEAD~1", "HEAD"), strict=True):
        shutil.copytree(site_of(registry.repository, rev), out)
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    monkeypatch.setattr(bucket, "BATCH", 8)
    for second, third in ((30, 5), (45, 20), (60, 40), (12, 12)):
        for out, writes in ((outs[1], second), (outs[2], third)):
            end_lease(store)
            with monkeypatch.context() as patch, pytest.raises(Killed):
                killed_after(writes, patch)
                deploy(registry, url(store), "--out", str(out), "--grace", "0")
        end_lease(store)
        options = ("--out", str(outs[0]), "--grace", "0")
        assert deploy(registry, url(store), *options) == 2, "newer than this is what has begun"
        assert deploy(registry, url(store), *options, "--force") == 0
        assert objects(store) == generations[0]


def test_a_sync_client_has_one_generation_or_the_other_wherever_a_deploy_was_killed(
    registry: Registry,
    store: S3Store,
    endpoint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def truth() -> list[bytes]:
        out = built(registry)
        snapshot = gzip.decompress((out / EXTENSION / "snapshot.jsonl.gz").read_bytes())
        return sorted(snapshot.splitlines()[1:])

    generations = [truth()]
    assert deploy(registry, url(store)) == 0
    registry.commit(entry_file(version="2.0.0"))
    registry.commit({"servers/com.example/other/status.yaml": '"*": {status: deleted}\n'})
    generations.append(truth())
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    monkeypatch.setattr(bucket, "BATCH", 5)
    copy = tmp_path / "copy.jsonl"
    address = f"{endpoint}/{store.config['bucket']}/registry"
    seen, code = [], -1
    for step in range(0, 1000, 8):
        end_lease(store)
        with monkeypatch.context() as patch:
            count = killed_after(step, patch)
            try:
                code = deploy(registry, url(store))
            except Killed:
                code = -1
            finished = code == 0 and count() <= step
        if cli.run(["pull", address, "--out", str(copy)]) == 0:
            seen.append(sorted(copy.read_bytes().splitlines()[1:]))
            assert seen[-1] in generations
        if finished:
            break
    assert seen[-1] == generations[1]
    assert seen == sorted(seen, key=generations.index), "no client goes back"
