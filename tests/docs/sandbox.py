"""Where the documentation's commands run: a registry with real entries, served, and a clone of it.

Public addresses in a block become those of servers on this machine. What a page presumes (a dump,
a package, a pull request) is made before its first block runs.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.serve import app
from tests.docs.blocks import Block
from tests.forge.github_server import REPOSITORY, TOKEN, GitHubServer
from tests.registry import Registry, entry_file

SERVERS = ("ai.aliengiraffe/spotdb", "ai.exa/exa", "io.github.github/github-mcp-server")
PULL_REQUEST = 12


@dataclass(frozen=True, slots=True)
class World:
    """What all pages share: the published registry's repository, and where it is served."""

    registry: Registry
    url: str
    missed: list[str] = field(default_factory=list)
    """The paths that were answered with an error since a page began."""


@contextmanager
def serving(folder: Path, registry: Registry) -> Iterator[World]:
    """Serve a built registry on a free port."""
    missed: list[str] = []
    application = _noting(app.application(folder, plain=False), missed)
    config = uvicorn.Config(application, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield World(registry, f"http://127.0.0.1:{port}", missed)
    finally:
        server.should_exit = True
        thread.join()


def _noting(application: ASGIApp, missed: list[str]) -> ASGIApp:
    """The same application; paths it answers with an error are noted (curl alone is content)."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            # Of roots of trust the next one is asked for until there is none.
            if message.get("status", 0) >= 400 and not scope["path"].endswith(".root.json"):
                missed.append(scope["path"])
            await send(message)

        await application(scope, receive, noted)

    return answer


@dataclass(slots=True)
class Sandbox:
    """One page's folder (a clone of the registry), and what stands for other machines."""

    world: World
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = self.world.registry.root
        self.world.registry.git("clone", "--quiet", "--no-local", str(source), str(self.root))
        home = self.root.parent / "home"
        home.mkdir()
        (home / ".curlrc").write_text("silent\nshow-error\n")
        self.world.missed.clear()
        self.environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.file://{source}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/acme/registry",
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{role}_NAME": "Test" for role in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{role}_EMAIL": "test@example.com" for role in ("AUTHOR", "COMMITTER")},
        }
        self.replaced = {
            "https://registry.example.com": self.world.url,
            "https://mcp.example.com": self.world.url,
            "http://127.0.0.1:8000": self.world.url,
            "<commit>": self.world.registry.git("rev-parse", "HEAD"),
        }

    def run(self, blocks: list[Block]) -> str:
        """Run blocks one after the other in one shell, and give what they print.

        Fails with the first line that fails, saying which. Long lines are cut.
        """
        script = "".join(f"echo '== line {block.line}'\n{block.text}" for block in blocks)
        for shown, here in self.replaced.items():
            script = script.replace(shown, here)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", _PRELUDE + script],
            cwd=self.root,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        printed = "\n".join(line[:_WIDTH] for line in done.stdout.splitlines())
        assert done.returncode == 0, printed
        assert "Traceback" not in printed, printed
        return done.stdout


_WIDTH = 500
# `mcp-registry serve` runs until it is stopped: here until it has answered once.
_PRELUDE = """\
set -E
trap 'echo "!! failed: $BASH_COMMAND"' ERR
mcp-registry() {
  [ "$1" = serve ] || { command mcp-registry "$@"; return; }
  shift
  command mcp-registry serve "$@" --port 0 2>serve.log &
  local server=$! address= tries=0
  while [ -z "$address" ]; do
    [ $((tries += 1)) -lt 3000 ] && kill -0 $server || { cat serve.log; return 1; }
    sleep 0.05
    address=$(sed -n 's/.* on \\(http:[^ ]*\\)$/\\1/p' serve.log)
  done
  curl -sf --retry 20 --retry-connrefused --retry-delay 1 "$address/v0.1/health"
  kill $server
  wait $server || true
}
"""


def dump(sandbox: Sandbox) -> None:
    """A saved dump of an upstream registry beside the folder, as mirrors take it."""
    listed = [json.loads(path.read_bytes()) for path in sandbox.root.glob("servers/*/*/*.*.json")]
    text = json.dumps([{"server": server} for server in listed])
    (sandbox.root / "servers.json.gz").write_bytes(gzip.compress(text.encode()))


def package(sandbox: Sandbox) -> None:
    """A package of a publisher's beside the registry, to take an entry from."""
    folder = sandbox.root.parent / "weather"
    folder.mkdir()
    facts = {
        "name": "@alice/weather",
        "version": "1.0.0",
        "description": "Tells the weather",
        "mcpName": "io.github.alice/weather",
    }
    (folder / "package.json").write_text(json.dumps(facts))


def upstream(sandbox: Sandbox) -> None:
    """The registry that is served stands for the official one."""
    for options in ("--commit", "--prune --commit"):
        sandbox.replaced[f"mcp-registry mirror {options}"] = (
            f"mcp-registry mirror {sandbox.world.url} {options}"
        )


def any_port(sandbox: Sandbox) -> None:
    """The port of a page's metrics may be in use here."""
    sandbox.replaced["--metrics-port 9100"] = "--metrics-port 0"


def advisories(sandbox: Sandbox) -> None:
    """OSV data that was saved, about no server here, and the same where the settings name it."""
    for path in ("osv.json", "saved-osv.json"):
        (sandbox.root / path).write_text("[]")
    with (sandbox.root / "registry.yaml").open("a") as file:
        file.write("policy: {advisories: osv.json}\n")


def domain_entry(sandbox: Sandbox) -> None:
    """An entry of a domain's namespace, to be signed."""
    path, content = next(iter(entry_file("com.example/weather").items()))
    (sandbox.root / path).parent.mkdir(parents=True)
    (sandbox.root / path).write_text(json.dumps(content))


def pull_request(hub: GitHubServer) -> Callable[[Sandbox], None]:
    """A pull request from alice on a GitHub of our own, and its clone in place of the folder."""

    def prepare(sandbox: Sandbox) -> None:
        hub.git.git("checkout", "--quiet", "--detach", "main")
        owners = "owners: [{github: alice, id: 583231}]\nproof: github\n"
        head = hub.git.commit(
            {
                **entry_file("io.github.alice/weather"),
                "servers/io.github.alice/namespace.yaml": owners,
            }
        )
        hub.git.git("checkout", "--quiet", "main")
        hub.pulls = {number: {"state": "closed"} for number in range(1, PULL_REQUEST)}
        assert hub.open(head) == PULL_REQUEST
        shutil.rmtree(sandbox.root)
        hub.git.git("clone", "--quiet", "--no-local", "--branch=main", str(hub.git.root), str(sandbox.root))  # fmt: skip
        sandbox.environment |= {
            "GITHUB_API_URL": hub.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
        }
        sandbox.replaced |= {"BASE": hub.tip(), "HEAD": head}

    return prepare
