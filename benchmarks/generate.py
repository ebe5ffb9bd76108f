"""A realistic registry of any size, as a bare git repository: python -m benchmarks.generate DIR

The same seed, size and servers/ give the same commits. Written through `git fast-import`: making
16,000 commits one by one would take an hour.

Assumptions, from the official registry's records: three versions in ten are of a new server, nine
in ten come through a mirror that runs every hour, the rest one by one through pull requests; two
changes in a hundred are of a status.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

import click

from benchmarks import model
from builder.model import timestamp
from builder.model.layout import CONFIG, UPSTREAM_FILE, entry_path, namespace_path, server_path

START = 1_757_000_000  # 2025-09-04, when the official registry opened
HOUR, MINUTE = 3600, 60
NEW_SERVER, MIRRORED, STATUS_CHANGE, MERGED = 0.3, 0.9, 0.02, 0.3
NEW_NAMESPACE = 0.68  # servers alone in their namespace, of 1,055 servers in 719
MIRROR_RUN, FIRST_RUN = 15, 5_000
"""Versions that a run of the mirror brings: as they come, and while it first takes what there is."""
UPSTREAM = "https://registry.modelcontextprotocol.io"
SETTINGS = """\
title: Benchmark registry
base_url: https://registry.example.com
extension_namespace: com.example.registry
hosts: [nginx]
repository: https://github.com/example/registry
"""

Files = dict[str, str]


@dataclass(slots=True)
class Server:
    """What the generator knows of a server it made: its newest entry; `published` is version -> seconds."""

    name: str
    mirrored: bool
    published: dict[str, int] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    entry: model.Entry = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commit:
    """Files to write at a time (seconds since 1970); `merged`: through a pull request's branch."""

    time: int
    files: Files
    merged: bool = False


def commits(material: model.Model, versions: int, seed: int, imported: int = 0) -> Iterator[Commit]:
    """Make the history of a registry that ends with `versions` published versions.

    The first `imported` of them come in large runs, as where a mirror first takes a registry.
    """
    world = _World(material, Random(seed))
    yield Commit(START, {CONFIG: SETTINGS})
    run: Files = {}
    time = START
    for number in range(versions):
        time += MINUTE
        server = world.pick()
        files = world.publish(server, time)
        first = number < imported
        if server.mirrored or first:
            run |= files
        else:
            yield Commit(time, files, world.random.random() < MERGED)
        every = FIRST_RUN if first else MIRROR_RUN
        if run and (number % every == 0 or number == versions - 1):
            yield Commit(time, run)
            run = {}
        if world.random.random() < STATUS_CHANGE:
            yield Commit(time, world.change_status())


class _World:
    """The servers made so far, and the dice."""

    def __init__(self, material: model.Model, random: Random) -> None:
        self.material = material
        self.random = random
        self.servers: list[Server] = []
        self.namespaces: list[str] = []
        self.names: set[str] = set()

    def pick(self) -> Server:
        """The server that publishes next: a new one, or one of those that exist."""
        if self.servers and self.random.random() > NEW_SERVER:
            return self.random.choice(self.servers)
        if not self.namespaces or self.random.random() < NEW_NAMESPACE:
            self.namespaces.append(self.material.namespace(self.random))
        namespace = self.random.choice(self.namespaces[-200:])
        name = f"{namespace}/{self.material.name(self.random)}"
        while name in self.names:
            name += "x"
        self.names.add(name)
        self.servers.append(Server(name, self.random.random() < MIRRORED))
        return self.servers[-1]

    def publish(self, server: Server, time: int) -> Files:
        """The files of the server's next version."""
        version = _next(self.random, list(server.published))
        first = not server.published
        server.published[version] = time
        server.entry = (
            self.material.entry(self.random, server.name, version, mirrored=server.mirrored)
            if first
            else self.material.next_entry(self.random, server.entry, version)
        )
        files = {entry_path(server.name, version): _json(server.entry)}
        if server.mirrored:
            files[server_path(server.name, UPSTREAM_FILE)] = _upstream(server)
        elif first:
            path = namespace_path(server.name.partition("/")[0])
            files[path] = "owners: [{github: alice, id: 583231}]\nproof: github\n"
        return files

    def change_status(self) -> Files:
        """A status.yaml in which one more version is deprecated or deleted."""
        server = self.random.choice(self.servers)
        version = self.random.choice(list(server.published) or ["*"])
        status = self.random.choices(("deprecated", "deleted"), (9, 1))[0]
        server.status[version] = f'{{status: {status}, message: "See the newer versions."}}'
        lines = (f'"{key}": {value}\n' for key, value in server.status.items())
        return {server_path(server.name, "status.yaml"): "".join(lines)}


def _next(random: Random, published: list[str]) -> str:
    if not published:
        return random.choice(("0.1.0", "1.0.0", "1.0.0", "0.0.1"))
    major, minor, patch = map(int, published[-1].split("."))
    bumps = ((major, minor, patch + 1), (major, minor + 1, 0), (major + 1, 0, 0))
    return ".".join(map(str, random.choices(bumps, (70, 25, 5))[0]))


def _upstream(server: Server) -> str:
    latest = list(server.published)[-1]
    versions = {}
    for version, time in server.published.items():
        text = timestamp.render(timestamp.from_git(time - MINUTE))
        official = {"status": "active", "publishedAt": text, "updatedAt": text}
        versions[version] = official | {"isLatest": version == latest}
    return _json({"source": UPSTREAM, "versions": versions})


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def generate(folder: Path, root: Path, versions: int, seed: int = 1, imported: int = 0) -> None:
    """Make a bare repository at `folder` from the servers/ of the repository at `root`."""
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", folder], check=True)
    command = ["git", "-C", str(folder), "fast-import", "--quiet", "--done"]
    importer = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert importer.stdin is not None
    with importer.stdin as stream:
        for commit in commits(model.read(root), versions, seed, imported):
            _write(stream, commit)
        stream.write(b"done\n")
    if importer.wait():
        raise click.ClickException("git fast-import failed")


def _write(stream: IO[bytes], commit: Commit) -> None:
    if commit.merged:
        write_commit(stream, "refs/heads/change", commit, b"from refs/heads/main\n")
        write_commit(stream, "refs/heads/main", commit, b"merge refs/heads/change\n")
    else:
        write_commit(stream, "refs/heads/main", commit)


def write_commit(stream: IO[bytes], ref: str, commit: Commit, parents: bytes = b"") -> None:
    """Write a commit for `git fast-import`; `parents` are its lines `from` and `merge`."""
    stamp = b"committer Benchmark <benchmark@example.com> %d +0000\n" % commit.time
    stream.write(b"commit %b\n%bdata 0\n%b" % (ref.encode(), stamp, parents))
    for path, text in commit.files.items():
        data = text.encode()
        stream.write(b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=False))
@click.option("--versions", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--imported", default=0, show_default=True, help="Versions taken at first, at once.")
@click.option("--root", type=click.Path(path_type=Path, exists=True), default=".", help="Model.")
def command(folder: Path, versions: int, seed: int, imported: int, root: Path) -> None:
    """Make a registry of so many versions, as a bare git repository in FOLDER."""
    generate(folder, root, versions, seed, imported)


if __name__ == "__main__":
    command()
