"""Where tests of deploys deploy to and from: a built registry, a local bucket, deploys that die."""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from builder import cli
from builder.build import build
from builder.deploy import lock
from builder.git.repository import Repository
from builder.output.tree import DEPLOY_STATE
from tests.registry import Registry, entry_file

EXTENSION = "v0.1/x/com.example.registry"


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of a local S3 server."""
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


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A registry of two servers, with one version each."""
    registry = Registry(tmp_path / "registry")
    registry.commit({**entry_file(version="1.0.0"), **entry_file("com.example/other")})
    return registry


def url(store: S3Store) -> str:
    """Return a bucket as the command takes it."""
    return f"s3://{store.config['bucket']}/registry"


def deploy(registry: Registry, target: object, *options: str) -> int:
    """Run the command; return its exit code."""
    return cli.run(["deploy", str(target), "--root", str(registry.root), *options])


_sites = Path(tempfile.mkdtemp(prefix="sites-"))
atexit.register(shutil.rmtree, _sites, ignore_errors=True)


def site_of(repository: Repository, rev: str) -> Path:
    """Return the site of a commit, to copy. All registries here have one clock, and so one first commit."""
    site = _sites / repository.commit(rev)
    if not site.exists():
        build.build(repository, rev, site, 1)
    return site


def built(registry: Registry) -> Path:
    """Put the site of HEAD where `deploy` looks for it; return the folder."""
    out = registry.root / "public"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(site_of(registry.repository, "HEAD"), out)
    return out


def site_files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def served(folder: Path) -> dict[str, bytes]:
    """Return a folder's files without the deploy's own and the compressed forms."""
    files = site_files(folder)
    return {
        path: body
        for path, body in files.items()
        if not path.startswith(DEPLOY_STATE)
        # A file that is compressed in the site itself has none beside it without the ending.
        and not (path.endswith((".gz", ".br")) and path[:-3] in files)
    }


_bodies: dict[str | None, bytes] = {}
"""Objects that were read, by their tag, which is the MD5 hash here: tests look many times."""


def objects(store: S3Store) -> dict[str, bytes]:
    """Return the objects of a bucket without the deploy's own."""
    tags = {meta["path"]: meta["e_tag"] for meta in obstore.list(store).collect()}
    return {
        name: _bodies.get(tag) or _bodies.setdefault(tag, bytes(obstore.get(store, name).bytes()))
        for name, tag in tags.items()
        if not name.startswith(DEPLOY_STATE)
    }


class Killed(BaseException):
    """The process is gone: nothing after this point runs, not even clean-up that asks the store."""


def killed_after(number: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Let `number` requests that write through, and die at the next; return what counts them."""
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


def end_lease(store: S3Store) -> None:
    """Let the lease of a deploy that was killed run out at once."""
    obstore.delete(store, [lock.PATH])
