"""Many clients at once: `mcp-registry serve` beside nginx, and the same application in other ASGI servers.

    python -m benchmarks.crowd SITE [PACKED]

PACKED is the same site in packs. With more arguments it is the clients: HOST PORT CLIENTS REQUESTS PATH...,
in a process of its own, so that nobody measures a server by a client that shares its processor time slice.
What the server takes of a processor is told beside what clients see: they share the machine.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

from tests.conformance import running
from tests.patience import free_port

CONNECTIONS = 200
FEWER = 100
REQUESTS = 20_000
PATIENCE = 5.0
"""Seconds after which a client takes a request for lost."""
ROOT = Path(__file__).parents[1]
_LIST_PAGE = "v0.1/x/*/pages/latest/1.json"
_APPLICATION = "benchmarks.crowd_application:application"


def crowd(site: Path, packed: Path | None = None) -> Iterator[str]:
    """Give a line for each server and kind of request: median, p99, and what timed out."""
    listed = orjson.loads((site / "registry.json").read_bytes())["servers"]
    names = [quote(one["server"]["name"], safe="") for one in listed[:: max(1, len(listed) // 500)]]
    asked = {
        "one server": [f"/v0.1/servers/{name}/versions/latest" for name in names],
        # A hundred, as a file host's pages have whatever is asked.
        "a list page": [f"/v0.1/servers?cursor=l{number + 1}&limit=100" for number in range(3)],
        "a file of the site": [f"/{next(site.glob(_LIST_PAGE)).relative_to(site)}"],
    }
    for what, paths in asked.items():
        servers = {"nginx": site, "serve": site}
        yield from _compared(
            servers | ({"serve packed": packed} if packed else {}), what, paths, FEWER
        )
        if what != "a file of the site":
            servers |= {"granian": site, "hypercorn": site}
            yield from _compared(servers, what, paths, CONNECTIONS)


def _compared(
    servers: dict[str, Path], what: str, paths: list[str], connections: int
) -> Iterator[str]:
    """Ask the same of each server, the first of which the others are measured against."""
    base: tuple[float, float] | None = None
    for name, site in servers.items():
        with ExitStack() as stack:
            own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crowd-")))
            if name in running.HOSTS:
                url = stack.enter_context(running.HOSTS[name](site, "", own))
            elif importlib.util.find_spec(name):
                url = stack.enter_context(_other(name, site))
            else:
                yield f"{connections} clients, {name}: not installed"
                continue
            _asked(url, connections, paths)  # to warm up
            before = _processor()
            median, p99, rate, lost = _asked(url, connections, paths)
            processor = (_processor() - before) / REQUESTS * 1e6
        base = base or (p99, rate)
        yield (
            f"{connections} clients, {what}, {name}: median {median:.0f} ms, p99 {p99:.0f} ms "
            f"({p99 / base[0]:.1f} times nginx), {rate:,.0f} a second ({rate / base[1]:.2f} times "
            f"nginx), {processor:.0f} µs of its processor each, {lost} timed out"
        )


@contextmanager
def _other(name: str, site: Path) -> Iterator[str]:
    """The application of `serve`, in another server with one process."""
    port = str(free_port())
    options = {
        "granian": ["--interface", "asgi", "--host", "127.0.0.1", "--port", port, "--no-ws"],
        "hypercorn": ["--bind", f"127.0.0.1:{port}", "--worker-class", "uvloop"],
    }
    arguments = [sys.executable, "-m", name, *options[name], _APPLICATION]
    with running.running(arguments, int(port), PYTHONPATH=str(ROOT), SITE=str(site)) as url:
        yield url


def _processor() -> float:
    """Return the seconds of processor that the children of this process have taken which still run."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    times = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in children)
    return sum(int(time[11]) + int(time[12]) for time in times) / os.sysconf("SC_CLK_TCK")


def _asked(url: str, connections: int, paths: list[str]) -> tuple[float, float, float, int]:
    address = urlsplit(url)
    command = [sys.executable, "-m", "benchmarks.crowd", str(address.hostname), str(address.port)]
    done = subprocess.run(
        [*command, str(connections), str(REQUESTS), *paths],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    median, p99, rate, lost = json.loads(done.stdout)
    return median, p99, rate, lost


async def _clients(
    host: str, port: int, connections: int, requests: int, paths: list[str]
) -> list[float]:
    """Ask over all connections until there are so many answers; seconds of each, -1 for none in time."""
    taken: list[float] = []

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while len(taken) < requests:
            path = paths[(number + len(taken)) % len(paths)]
            start = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            try:
                await asyncio.wait_for(_answer(reader), PATIENCE)
            except TimeoutError:
                taken.append(-1.0)
                writer.close()
                reader, writer = await asyncio.open_connection(host, port)
                continue
            taken.append(time.perf_counter() - start)
        writer.close()

    async with asyncio.TaskGroup() as group:
        for number in range(connections):
            group.create_task(client(number))
    return taken


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200" not in head.partition(b"\r\n")[0]:
        raise RuntimeError(head.decode())
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))


def main(host: str, port: str, connections: str, requests: str, *paths: str) -> None:
    """Be the clients; print median and p99 in milliseconds, answers a second, and lost requests."""
    import uvloop

    start = time.perf_counter()
    taken = uvloop.run(_clients(host, int(port), int(connections), int(requests), list(paths)))
    seconds = time.perf_counter() - start
    answered = sorted(one for one in taken if one >= 0)
    middle, late = answered[len(answered) // 2], answered[len(answered) * 99 // 100]
    figures = (middle * 1000, late * 1000, len(answered) / seconds, len(taken) - len(answered))
    print(json.dumps(figures))


if __name__ == "__main__":
    if len(sys.argv) > len(("program", "site", "packed")):
        main(*sys.argv[1:])
    else:
        for line in crowd(*map(Path, sys.argv[1:])):
            print(line, flush=True)
