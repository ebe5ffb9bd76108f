"""Publications by the API in a second, beside the bare commits of git that they end in."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson

PUBLICATIONS, PUBLISHERS, COMMITS = 400, 8, 50
RATE, P99 = 50, 200  # a second; milliseconds
NAME = "io.modelcontextprotocol.anonymous/tool-{}"
SETTINGS = b"\npublish: {anonymous: true, limits: {per_subject: 1000000, per_address: 1000000}}\n"


def figures(repository: Path) -> Iterator[str]:
    """Yield a line for publications and one for bare commits, over a copy of a registry."""
    with tempfile.TemporaryDirectory(prefix="publishing-") as folder:
        registry = Path(folder) / "registry.git"
        _git(repository, "clone", "--quiet", "--bare", ".", str(registry))
        settings = _git(registry, "show", "main:registry.yaml") + SETTINGS
        _commit(registry, "registry.yaml", settings)
        start = time.perf_counter()
        for number in range(COMMITS):
            _commit(registry, f"notes/{number}.txt", b"%d" % number)
        bare = (time.perf_counter() - start) / COMMITS * 1000
        with _serving(registry, Path(folder)) as url:
            taken, seconds = _published(url)
    rate, p99 = len(taken) / seconds, taken[len(taken) * 99 // 100]
    yield (
        f"publications by {PUBLISHERS} publishers at once: {rate:.0f} a second, aim {RATE}; "
        f"median {taken[len(taken) // 2]:.0f} ms, p99 {p99:.0f} ms, aim {P99} ms"
    )
    yield f"  a bare commit (git alone): {bare:.0f} ms; a publication {1000 / rate / bare:.2f} times"


def _published(url: str) -> tuple[list[float], float]:
    token = _post(url, "/v0.1/auth/none", b"{}", "")["registry_token"]

    def publish(number: int) -> float:
        start = time.perf_counter()
        _post(url, "/v0.1/publish", orjson.dumps(_entry(number)), str(token))
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(PUBLISHERS) as pool:
        list(pool.map(publish, range(PUBLISHERS)))  # to warm up
        start = time.perf_counter()
        taken = sorted(pool.map(publish, range(PUBLISHERS, PUBLISHERS + PUBLICATIONS)))
        return taken, time.perf_counter() - start


def _entry(number: int) -> dict[str, object]:
    name = NAME.format(number)
    package = {
        "registryType": "npm",
        "identifier": f"@anonymous/tool-{number}",
        "version": "1.0.0",
        "transport": {"type": "stdio"},
    }
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": name,
        "description": "Measures publications.",
        "version": "1.0.0",
        "packages": [package],
    }


def _post(url: str, path: str, body: bytes, token: str) -> dict[str, object]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", path, body, headers | ({"Authorization": f"Bearer {token}"} if token else {}))  # fmt: skip
    answer = connection.getresponse()
    content: dict[str, object] = json.loads(answer.read())
    connection.close()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{path}: {answer.status} {content}")
    return content


@contextmanager
def _serving(registry: Path, folder: Path) -> Iterator[str]:
    log = folder / "serve.log"
    command = [
        *(sys.executable, "-m", "builder", "serve", "--publish", "--port", "0"),
        *("--root", str(registry), "--out", str(folder / "public")),
        *("--audit-log", str(folder / "audit.jsonl")),
    ]
    with log.open("wb") as stream, subprocess.Popen(command, stderr=stream) as process:
        try:
            while b"serving" not in log.read_bytes():
                if process.poll() is not None:
                    raise RuntimeError(log.read_text())
                time.sleep(0.1)
            yield log.read_text().rpartition(" on ")[2].strip()
        finally:
            process.kill()


def _commit(registry: Path, path: str, data: bytes) -> None:
    """Commit a file as git's own commands do it, without a working tree."""
    blob = _git(registry, "hash-object", "-w", "--stdin", input=data).decode().strip()
    index = {"GIT_INDEX_FILE": str(registry / "bare-index")}
    if not (registry / "bare-index").exists():
        _git(registry, "read-tree", "main", env=index)
    _git(registry, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
    tree = _git(registry, "write-tree", env=index).decode().strip()
    who = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.com")
    new = _git(registry, *who, "commit-tree", "-p", "main", "-m", path, tree).decode().strip()
    _git(registry, "update-ref", "refs/heads/main", new)


def _git(
    folder: Path, *arguments: str, input: bytes = b"", env: dict[str, str] | None = None
) -> bytes:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=input,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
