"""Real git repositories for tests: files in, commits with chosen times out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.build import source
from builder.git.discovery import discover
from builder.git.repository import Repository

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
START = 1_700_000_000  # 2023-11-14T22:13:20Z
CONFIG = """\
title: Test registry
base_url: https://registry.example.com
extension_namespace: com.example.registry
repository: https://github.com/example/registry
documentation: false
"""

Content = str | bytes | Mapping[str, Any] | None


def entry(
    name: str = "com.example/weather", version: str = "1.0.0", **fields: Any
) -> dict[str, Any]:
    """A small valid server.json. It has an npm package, unless `fields` say what there is to run."""
    runs = fields.keys() & {"packages", "remotes"}
    return {
        "$schema": SCHEMA,
        "name": name,
        "description": "Tells the weather.",
        "version": version,
        **fields,
        **({} if runs else {"packages": [package(name, version)]}),
    }


def package(name: str, version: str) -> dict[str, Any]:
    """The npm package of a server, `@<last label of the namespace>/<server>`."""
    namespace, _, server = name.lower().partition("/")
    return {
        "registryType": "npm",
        "identifier": f"@{namespace.rpartition('.')[2]}/{server}",
        "version": version,
        "transport": {"type": "stdio"},
    }


def entry_file(
    name: str = "com.example/weather", version: str = "1.0.0", **fields: Any
) -> dict[str, Content]:
    """The same as {path: content}, for `Registry.commit`."""
    return {f"servers/{name}/{version}.json": entry(name, version, **fields)}


class Registry:
    """A registry repository in a folder. Each commit is a minute after the one before."""

    def __init__(self, root: Path, config: str = CONFIG) -> None:
        self.root = root
        self.time = START
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        if config:
            self.commit({"registry.yaml": config})

    def git(self, *arguments: str, input: bytes | None = None) -> str:
        """Run git here with a fixed identity and this registry's time; give what it prints."""
        stamp = f"{self.time} +0000"
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_DATE": stamp,
        }
        for role in ("AUTHOR", "COMMITTER"):
            environment |= {f"GIT_{role}_NAME": "Test", f"GIT_{role}_EMAIL": "test@example.com"}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=environment,
            input=input,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def write(self, files: Mapping[str, Content]) -> None:
        """Write files without committing; None deletes, a mapping becomes JSON."""
        for path, content in files.items():
            target = self.root / path
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Mapping):
                content = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            target.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(
        self, files: Mapping[str, Content], *, after: int = 60, message: str = "Change"
    ) -> str:
        """Write files and commit them `after` seconds after the last commit; give the commit."""
        self.time += after
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    @property
    def repository(self) -> Repository:
        return discover(self.root)

    def load(self, rev: str = "HEAD") -> source.Source:
        return source.load(self.repository, rev)
