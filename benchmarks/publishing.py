"""Publications by the API in a second, beside the bare commits of git that they end in; when lists show them."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

PUBLICATIONS, PUBLISHERS, COMMITS = 400, 8, 50
RATE, P99 = 50, 200  # a second; milliseconds
LISTED, WATCHED = 2, 5  # seconds until the lists have it; how many are watched
NAME = "io.modelcontextprotocol.anonymous/tool-{}"
SETTINGS = b"\npublish: {anonymous: true, limits: {per_subject: 1000000, per_address: 1000000}}\n"


def figures(repository: Path) -> Iterator[str]:
    """Yield lines for publications, bare commits and the lists, over a copy of a registry."""
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
            token = str(_post(url, "/v0.1/auth/none", b"{}", "")["registry_token"])
            taken, seconds = _published(url, token)
            idle = _watched(url, token, "idle", others=0)
            busy = _watched(url, token, "busy", others=PUBLISHERS - 1)
    rate, p99 = len(taken) / seconds, taken[len(taken) * 99 // 100]
    yield (
        f"publications by {PUBLISHERS} publishers at once: {rate:.0f} a second, aim {RATE}; "
        f"median {taken[len(taken) // 2]:.0f} ms, p99 {p99:.0f} ms, aim {P99} ms"
    )
    yield f"  a bare commit (git alone): {bare:.0f} ms; a publication {1000 / rate / bare:.2f} times"
    for when, waits in (
        ("nobody else publishes", idle),
        (f"{PUBLISHERS - 1} others publish", busy),
    ):
        yield (
            f"  lists have it after the answer while {when}: median {waits[len(waits) // 2]:.1f} s, "
            f"longest {waits[-1]:.1f} s, aim {LISTED} s"
        )


def _published(url: str, token: str) -> tuple[list[float], float]:
    def publish(number: int) -> float:
        start = time.perf_counter()
        _publish(url, token, NAME.format(number))
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(PUBLISHERS) as pool:
        list(pool.map(publish, range(PUBLISHERS)))  # to warm up
        start = time.perf_counter()
        taken = sorted(pool.map(publish, range(PUBLISHERS, PUBLISHERS + PUBLICATIONS)))
        return taken, time.perf_counter() - start


def _watched(url: str, token: str, series: str, others: int) -> list[float]:
    """Return after how many seconds the lists had each of some servers, while others publish."""
    ends = threading.Event()

    def publish(publisher: int) -> None:
        for number in itertools.count():
            if ends.is_set():
                return
            _publish(url, token, NAME.format(f"{series}-{publisher}-{number}"))

    with ThreadPoolExecutor(others or 1) as pool:
        publishing = [pool.submit(publish, publisher) for publisher in range(others)]
        try:
            waits = [_listed(url, token, NAME.format(f"{series}-{n}")) for n in range(WATCHED)]
        finally:
            ends.set()
        for one in publishing:
            one.result()
    return sorted(waits)


def _listed(url: str, token: str, name: str) -> float:
    _publish(url, token, name)
    start = time.perf_counter()
    path = f"/v0.1/servers?limit=100&version=latest&search={quote(name, safe='')}"
    while not _request(url, "GET", path)["servers"]:
        time.sleep(0.05)
    return time.perf_counter() - start


def _publish(url: str, token: str, name: str) -> None:
    _post(url, "/v0.1/publish", orjson.dumps(_entry(name)), token)


def _entry(name: str) -> dict[str, object]:
    package = {
        "registryType": "npm",
        "identifier": f"@anonymous/{name.partition('/')[2]}",
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
    return _request(url, "POST", path, body, {"Authorization": f"Bearer {token}"} if token else {})


def _request(
    url: str, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None
) -> dict[str, object]:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    connection.request(method, path, body, {"Content-Type": "application/json", **(more or {})})
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
            process.terminate()  # what it builds is finished first


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
