"""A site with a root of trust, made by the real commands, and a host that serves what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builder import cli
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.trust.sites import LOG, Site, make_site, write_key

OWN = LOG.removesuffix("/log")
TRUST = f"{OWN}/trust"


@dataclass
class Trusted:
    """A site with a root of trust: two keys of the root, one that signs deploys."""

    site: Site
    folder: Path

    def key(self, name: str) -> str:
        path = self.folder / f"{name}.pem"
        return str(path if path.exists() else write_key(path, len(name) + ord(name[0])))

    def trust(self, command: str, *arguments: str) -> int:
        return cli.run(["trust", command, "--dir", str(self.folder / "trust"), *arguments])

    def deploy(self, *arguments: str, online: str = "deploy") -> int:
        self.site.build()
        own = ["--online", self.key(online), "--roots", str(self.folder / "trust")]
        return self.site.seal(*own, *arguments)

    def files(self) -> dict[str, bytes]:
        out = self.site.out
        paths = (path for path in out.rglob("*") if path.is_file())
        return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def make_trusted(folder: Path) -> Trusted:
    made = Trusted(make_site(folder), folder)
    keys = [made.key("alice"), made.key("bob")]
    both = [part for key in keys for part in ("--key", key, "--sign", key)]
    assert made.trust("init", *both, "--threshold", "2", "--online", made.key("deploy")) == 0
    return made


def clock(patch: pytest.MonkeyPatch, ahead: list[int]) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(seconds=ahead[0])

    patch.setattr("builder.commands.seal.datetime", Clock)


@dataclass
class Mirror:
    """Serves the files that it was given, true or not."""

    files: dict[str, bytes | Reply]
    url: str = ""
    requests: list[Request] | None = None


@contextmanager
def serving_files(files: Mapping[str, bytes | Reply]) -> Iterator[Mirror]:
    held = Mirror(dict(files))

    def answer(request: Request) -> Reply:
        body = held.files.get(request.path.lstrip("/"))
        if body is None or isinstance(body, Reply):
            return body or NOT_FOUND
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return Reply(body, headers={"ETag": etag})

    with serving(answer) as server:
        held.url, held.requests = server.url, server.requests
        yield held


def pull(mirror: Mirror, copy: Path, *arguments: str) -> int:
    return cli.run(["pull", mirror.url, "--out", str(copy), *arguments])


def renew(trusted: Trusted, mirror: Mirror, now: list[int], *names: str) -> dict[str, bytes]:
    """Publish more and deploy; give the files, which the mirror does not have yet."""
    trusted.site.publish(*names)
    assert trusted.deploy() == 0
    now[0] += 5
    return trusted.files()


def root_of(copy: Path) -> str:
    return str(copy.with_name(f"{copy.name}.trust") / "root.json")
