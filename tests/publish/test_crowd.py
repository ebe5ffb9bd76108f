"""Many publishers at once, a process that is killed, and remotes that refuse, are slow or ahead."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from tests.patience import PATIENCE, wait_for
from tests.publish.credentials import pem
from tests.publish.running import Surroundings, bearer
from tests.registry import Registry, entry

PUBLISHERS = 32


@dataclass
class Service:
    """`mcp-registry serve --publish` as a process of its own, that can be killed and started again."""

    folder: Path
    options: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "serve.log"
        (self.folder / "keys.pem").write_text(pem())

    def start(self) -> None:
        command = [
            *(sys.executable, "-m", "builder", "serve", "--publish", "--jobs", "1"),
            *("--root", str(self.folder / "registry"), "--out", str(self.folder / "public")),
            *("--port", str(self.port), "--signing-key", str(self.folder / "keys.pem")),
            *("--audit-log", str(self.folder / "audit.jsonl"), *self.options),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log, start_new_session=True)
        wait_for(lambda: b"serving" in self.log.read_bytes() or self._ended())
        line = self.log.read_text().rpartition("serving")[2]
        self.port = int(line.strip().rpartition(":")[2])

    def _ended(self) -> bool:
        assert self.process and self.process.poll() is None, self.log.read_text()
        return False

    def kill(self) -> None:
        """End it and whatever it has started, as a machine without power does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def service(folder: Path, *options: str) -> Iterator[Service]:
    made = Service(folder, options)
    made.start()
    try:
        yield made
    finally:
        if made.process and made.process.poll() is None:
            made.kill()


def _has_more(answered: Mapping[str, int], number: int) -> bool:
    return len(answered) > number


def _publish_many(
    client: httpx.Client,
    url: str,
    token: str,
    answered: dict[str, int],
    ends: threading.Event,
    number: int,
) -> None:
    """Publish version after version of a server, each again until it is answered."""
    for version in range(100):
        document = entry(f"io.github.alice/tool-{number}", f"1.0.{version}")
        key = f"{document['name']}/{document['version']}"
        while not ends.is_set():
            try:
                answer = client.post(f"{url}/v0/publish", json=document, headers=bearer(token))
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code == 503:  # a lock that the killed process has left
                time.sleep(0.1)
                continue
            answered[key] = answer.status_code
            break


def _entries(registry: Registry) -> set[str]:
    """What is on the branch: namespace/name/version."""
    return {
        path.removeprefix("servers/").removesuffix(".json")
        for path in registry.git("ls-tree", "-r", "--name-only", "main", "servers/").split("\n")
        if path.endswith(".json")
    }


def test_32_publishers_and_a_process_that_is_killed(around: Surroundings, tmp_path: Path) -> None:
    limits = {"per_subject": 10_000, "per_address": 10_000}
    with around.running(tmp_path, limits=limits) as desk:
        registry = desk.registry  # that one is stopped again: this test starts its own
    answered: dict[str, int] = {}
    ends = threading.Event()
    with service(tmp_path) as running, httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        url = f"http://127.0.0.1:{running.port}"
        token = client.post(f"{url}/v0/auth/github-at", json={"github_token": "gho_alice"}).json()[
            "registry_token"
        ]

        publish = partial(_publish_many, client, url, token, answered, ends)
        with ThreadPoolExecutor(PUBLISHERS) as pool:
            done = [pool.submit(publish, number) for number in range(PUBLISHERS)]
            for published in (10, 25):
                wait_for(partial(_has_more, answered, published))
                time.sleep(random.random() / 20)  # at any moment of a publication
                running.kill()
                registry.git("fsck", "--strict", "--full")
                running.start()
            wait_for(lambda: len(answered) > 40)
            ends.set()
            for one in done:
                one.result()
        wait_until_listed(client, url, registry)
    # What a kill interrupted may have been committed: then the second try is a duplicate.
    assert set(answered.values()) <= {200, 400}
    files = _entries(registry)
    assert answered.keys() <= files
    entries = ("--format=%x00", "main", "--", "servers/*/*/*.json")
    log = registry.git("log", "--first-parent", "--diff-filter=A", "--name-only", *entries)
    assert [len(commit.split()) for commit in log.split("\0") if commit.strip()] == [1] * len(files)
    registry.git("fsck", "--strict", "--full")


def wait_until_listed(client: httpx.Client, url: str, registry: Registry) -> None:
    names = {entry.split("/")[1] for entry in _entries(registry)}
    wait_for(
        lambda: (
            client.get(f"{url}/v0/servers?version=latest&limit=100").json()["metadata"]["count"]
            == len(names)
        )
    )


def test_told_to_end_it_builds_and_deploys_what_was_published_last(
    around: Surroundings, tmp_path: Path
) -> None:
    with around.running(tmp_path):
        pass  # that one is stopped again: this test starts its own
    target = tmp_path / "deployed"
    with service(tmp_path, "--then-deploy", str(target)) as running:
        url = f"http://127.0.0.1:{running.port}"
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            logged_in = client.post(
                f"{url}/v0/auth/github-at", json={"github_token": "gho_alice"}
            ).json()
            document = entry("io.github.alice/tool", "1.0.0")
            headers = bearer(logged_in["registry_token"])
            assert client.post(f"{url}/v0/publish", json=document, headers=headers).is_success
        assert running.process
        running.process.terminate()
        assert running.process.wait(PATIENCE) == 0, running.log.read_text()
    listed = json.loads((target / "v0.1/servers/index.json").read_text())
    assert [one["server"]["name"] for one in listed["servers"]] == ["io.github.alice/tool"]
