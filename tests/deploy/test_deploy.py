"""Deploying for real: to folders, and to a bucket on a local S3 server; killed at every step."""

from __future__ import annotations

import atexit
import gzip
import hashlib
import json
import logging
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import obstore
import orjson
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import LocalStore, S3Store

from builder import cli
from builder.build import build
from builder.deploy import bucket, folder, lock, plan
from builder.deploy import target as targets
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from tests.registry import Registry, entry_file

EXTENSION = "v0.1/x/com.example.registry"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def store(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> S3Store:
    """An empty bucket, and the variables by which the command finds it."""
    name = "b" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]
    variables = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    client = boto3.client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket=name)
    anyone = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{name}/*",
            }
        ],
    }
    client.put_bucket_policy(Bucket=name, Policy=json.dumps(anyone))
    return S3Store(name, prefix="registry")


def url(store: S3Store) -> str:
    return f"s3://{store.config['bucket']}/registry"


def deploy(registry: Registry, target: object, *options: str) -> int:
    return cli.run(["deploy", str(target), "--root", str(registry.root), *options])


def built(registry: Registry) -> Path:
    out = registry.root / "public"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(site_of(registry.repository, "HEAD"), out)
    return out


SITES = Path(tempfile.mkdtemp(prefix="sites-"))
atexit.register(shutil.rmtree, SITES, ignore_errors=True)


def site_of(repository: Repository, rev: str) -> Path:
    """The site of a commit, to copy. Registries here have one clock: tests share their commits."""
    site = SITES / repository.commit(rev)
    if not site.exists():
        build.build(repository, rev, site, 1)
    return site


def site_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


BODIES: dict[str | None, bytes] = {}
"""What was read, by its tag, which is the MD5 hash here: a test looks at a bucket many times."""


def objects(store: S3Store) -> dict[str, bytes]:
    found = {meta["path"]: meta["e_tag"] for meta in obstore.list(store).collect()}
    return {
        name: BODIES.get(tag) or BODIES.setdefault(tag, bytes(obstore.get(store, name).bytes()))
        for name, tag in found.items()
        if not name.startswith(plan.STATE)
    }


def served(folder: Path) -> dict[str, bytes]:
    """A folder's files without the deploy's own and the compressed forms."""
    return {
        path: body
        for path, body in site_files(folder).items()
        if (not path.startswith(plan.STATE) and not path.endswith((".gz", ".br")))
        or path.endswith("snapshot.jsonl.gz")
    }


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    registry.commit({**entry_file(version="1.0.0"), **entry_file("com.example/other")})
    return registry


def test_a_folder_gets_the_site_and_only_changes_after_that(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "www"
    out = built(registry)
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)
    kept = (target / "v0.1/servers/com.example/other/versions/1.0.0/index.json").stat().st_ino
    registry.commit(entry_file(version="2.0.0"))
    built(registry)
    capsys.readouterr()
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)
    assert (
        target / "v0.1/servers/com.example/other/versions/1.0.0/index.json"
    ).stat().st_ino == kept
    assert deploy(registry, target) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 written, 0 deleted")


def test_what_was_changed_by_hand_in_a_folder_is_put_right(
    registry: Registry, tmp_path: Path
) -> None:
    target = tmp_path / "www"
    out = built(registry)
    deploy(registry, target)
    (target / "v0.1/servers/index.json").write_bytes(b"{}")
    (target / "index.html").unlink()
    (target / "more.txt").write_text("more")
    assert deploy(registry, target) == 0
    assert served(target) == site_files(out)


def test_a_link_to_a_folder_stays_a_link(registry: Registry, tmp_path: Path) -> None:
    target, folder = tmp_path / "www", tmp_path / "disk/www"
    folder.mkdir(parents=True)
    target.symlink_to(folder)
    for version in ("2.0.0", "3.0.0"):
        registry.commit(entry_file(version=version))
        out = built(registry)
        assert deploy(registry, target) == 0
        assert served(folder) == site_files(out)
    assert target.is_symlink()


def test_what_is_gone_already_can_be_deleted_from_any_store(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")
    bucket._delete(LocalStore(str(tmp_path)), ["gone", "there"])
    assert not list(tmp_path.iterdir())


def test_compressed_forms_stand_beside_texts_and_say_the_same(
    registry: Registry, tmp_path: Path
) -> None:
    import brotli  # type: ignore[import-untyped]

    target = tmp_path / "www"
    out = built(registry)
    deploy(registry, target)
    page = next(path for path in out.rglob("index.html") if path.stat().st_size > 2000)
    copy = target / page.relative_to(out)
    assert gzip.decompress(Path(f"{copy}.gz").read_bytes()) == page.read_bytes()
    assert brotli.decompress(Path(f"{copy}.br").read_bytes()) == page.read_bytes()


def test_a_bucket_gets_types_and_cache_policy(registry: Registry, store: S3Store) -> None:
    out = built(registry)
    assert deploy(registry, url(store)) == 0
    assert objects(store) == site_files(out)
    asset = next(
        name for name in objects(store) if name.startswith("assets/") and name.endswith(".css")
    )
    expected = {
        "v0.1/servers/index.json": ("application/json", "must-revalidate"),
        "index.html": ("text/html; charset=utf-8", "must-revalidate"),
        asset: ("text/css; charset=utf-8", "immutable"),
    }
    for path, (kind, cache) in expected.items():
        attributes = obstore.get(store, path).attributes
        assert attributes["Content-Type"] == kind
        assert cache in attributes["Cache-Control"]


def test_an_older_commit_does_not_replace_a_newer_one(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (tmp_path / "www", url(store)):
        registry.commit(entry_file(version=f"2.0.{len(str(target))}"))
        built(registry)
        assert deploy(registry, target) == 0
        older = tmp_path / f"older-{len(str(target))}"
        shutil.copytree(site_of(registry.repository, "HEAD~1"), older)
        assert deploy(registry, target, "--out", str(older)) == 2
        assert "--force" in capsys.readouterr().err
        assert deploy(registry, target, "--out", str(older), "--force", "--grace", "0") == 0
    assert objects(store) == site_files(older)


def test_one_command_rolls_back_to_a_commit_and_the_next_deploy_goes_forward_again(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older = site_of(registry.repository, "HEAD")
    good = registry.repository.commit("HEAD")
    registry.commit(entry_file(version="1.1.0"))
    newer = built(registry)
    www = tmp_path / "www"
    for target, content in ((www, lambda: served(www)), (url(store), lambda: objects(store))):
        assert deploy(registry, target) == 0
        assert deploy(registry, target, "--to", good[:10], "--grace", "0") == 0
        assert content() == site_files(older)
        said = capsys.readouterr()
        assert f"rolling back to {good[:12]}" in said.err
        unchanged = int(re.findall(r"([\d,]+) unchanged", said.out)[-1].replace(",", ""))
        assert unchanged > 20  # what is the same is not written again
        assert site_files(newer) == site_files(registry.root / "public")
        assert deploy(registry, target, "--grace", "0") == 0
        assert content() == site_files(newer)


def test_a_rollback_goes_only_to_what_was_published(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    registry.git("checkout", "--quiet", "-b", "proposal")
    registry.commit(entry_file(version="6.6.6"))
    proposal = registry.git("rev-parse", "HEAD").strip()
    registry.git("checkout", "--quiet", "main")
    assert deploy(registry, tmp_path / "www", "--to", proposal) == 2
    said = capsys.readouterr().err
    assert "never published" in said and "git log" in said
    assert deploy(registry, tmp_path / "www", "--to", "no-such") == 2
    assert deploy(registry, tmp_path / "www", "--to", "HEAD", "--out", str(tmp_path)) == 2
    assert not (tmp_path / "www").exists()


def test_a_withdrawn_version_is_gone_at_once_and_old_assets_stay_a_while(
    registry: Registry, store: S3Store
) -> None:
    out = built(registry)
    asset = out / "assets/0123456789ab/old.css"
    asset.parent.mkdir(parents=True)
    asset.write_text("old")
    assert deploy(registry, url(store)) == 0
    asset.unlink()
    registry.commit({"servers/com.example/other/status.yaml": '"*": {status: deleted}\n'})
    built(registry)
    asset.unlink(missing_ok=True)
    assert deploy(registry, url(store)) == 0
    there = objects(store)
    assert "v0.1/servers/com.example/other/versions/latest/index.json" not in there
    assert "assets/0123456789ab/old.css" in there
    assert deploy(registry, url(store), "--grace", "0") == 0
    assert "assets/0123456789ab/old.css" not in objects(store)


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
    monkeypatch.setattr(lock.time, "time", lambda: 4_000_000_000.0)
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


class Killed(BaseException):
    """The process is gone: nothing after this point runs, not even clean-up that asks the store."""


def killed_after(number: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let `number` requests that write through, and die at the next; tells how many there were."""
    count = 0

    def wrap(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal count
            if count >= number:
                raise Killed
            count += 1
            return real(*arguments, **options)

        return call

    for name in ("put", "delete"):
        monkeypatch.setattr(obstore, name, wrap(getattr(obstore, name)))
    return lambda: count


def bury(store: S3Store) -> None:
    """Let the lease of a deploy that was killed run out at once."""
    obstore.delete(store, [lock.PATH])


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
        bury(store)
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
            bury(store)
            with monkeypatch.context() as patch, pytest.raises(Killed):
                killed_after(writes, patch)
                deploy(registry, url(store), "--out", str(out), "--grace", "0")
        bury(store)
        options = ("--out", str(outs[0]), "--grace", "0")
        assert deploy(registry, url(store), *options) == 2, "newer than this is what has begun"
        assert deploy(registry, url(store), *options, "--force") == 0
        assert objects(store) == generations[0]


def test_a_new_page_of_a_list_is_there_before_a_page_that_leads_to_it(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for numbers in (range(90), range(90, 130)):
        names = [f"com.example/s{number:03}" for number in numbers]
        registry.commit({path: body for name in names for path, body in entry_file(name).items()})
        built(registry)
        written: list[str] = []
        put = obstore.put

        def noting(*arguments: Any, put: Any = put, log: Any = written, **options: Any) -> Any:
            log.append(arguments[1])
            return put(*arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(obstore, "put", noting)
            assert deploy(registry, url(store)) == 0
    for kind in ("all", "latest"):
        folder = f"{EXTENSION}/pages/{kind}"
        assert written.index(f"{folder}/2.json") < written.index(f"{folder}/1.json")


def test_a_site_that_is_built_anew_meanwhile_is_not_deployed_in_a_mixture(
    registry: Registry, store: S3Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = built(registry)
    for target in (tmp_path / "www", url(store)):
        site = targets.read_site(registry.repository, out)
        page = out / "v0.1/servers/index.json"
        body = page.read_bytes()
        page.write_bytes(body + b" ")
        with pytest.raises(RegistryError, match="has changed since the deploy began"):
            if isinstance(target, Path):
                folder.deploy(target, site, lambda _: None, precompress=False)
            else:
                bucket.deploy(store, site, lambda _: None, grace=0)
        page.write_bytes(body)
    assert not (tmp_path / "www").exists()
    assert deploy(registry, url(store)) == 0
    assert objects(store) == site_files(out)


def test_a_deploy_that_lost_its_lease_writes_nothing_more(
    registry: Registry, store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = targets.read_site(registry.repository, built(registry))
    put, clock = obstore.put, lock.time.monotonic

    def put_and_sleep(*arguments: Any, **options: Any) -> Any:
        if arguments[1].endswith("index.json"):
            # The machine sleeps for longer than the lease, and another deploy is at work by now.
            assert not late, "written after the lease"
            late.append(arguments[1])
            # First the other one, or this one could renew in between, which would be right.
            put(store, lock.PATH, b"{}")
            monkeypatch.setattr(lock.time, "monotonic", lambda: clock() + lock.LEASE + 1)
        return put(*arguments, **options)

    late: list[str] = []
    monkeypatch.setattr(bucket, "CONNECTIONS", 1)
    monkeypatch.setattr(obstore, "put", put_and_sleep)
    with pytest.raises(lock.Locked, match=r"held up for longer than its lease|taken over"):
        bucket.deploy(store, site, lambda _: None, grace=0)


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
        bury(store)
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


def test_a_folder_deploy_killed_at_any_moment_leaves_one_whole_generation(
    registry: Registry, tmp_path: Path
) -> None:
    target = tmp_path / "www"
    out = built(registry)
    deploy(registry, target)
    old = site_files(out)
    registry.commit(entry_file(version="2.0.0"))
    built(registry)
    new = site_files(out)
    command = [sys.executable, "-m", "builder", "deploy", str(target), "--root", str(registry.root)]
    for delay in (0.3, 0.5, 0.6, 0.7, 0.8):
        process = subprocess.Popen(command)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert served(target) in (old, new)
    assert deploy(registry, target) == 0
    assert served(target) == new


@pytest.mark.parametrize("target", ["ftp://example.com/x", "s3://"])
def test_what_is_no_target_is_one_line(
    registry: Registry, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    assert deploy(registry, target) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_folder_of_somebody_elses_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    target = tmp_path / "home"
    target.mkdir()
    (target / "diary.txt").write_text("mine")
    built(registry)
    assert deploy(registry, target) == 2
    assert (target / "diary.txt").read_text() == "mine"


def test_state_that_cannot_be_read_is_said(
    registry: Registry, store: S3Store, capsys: pytest.CaptureFixture[str]
) -> None:
    built(registry)
    obstore.put(store, plan.MANIFEST, orjson.dumps({"version": 99}))
    assert deploy(registry, url(store)) == 2
    assert "delete it there" in capsys.readouterr().err
