"""How long one request takes: `mcp-registry serve` beside nginx over the same files."""

from __future__ import annotations

import http.client
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson

from tests.conformance import running

REQUESTS = 1_000
SEARCH = "/v0.1/servers?search={}"


def latency(site: Path) -> Iterator[str]:
    """Give a line for each kind of request: median and p99 in milliseconds, of both."""
    listed = orjson.loads((site / "registry.json").read_bytes())["servers"]
    names = [one["server"]["name"] for one in listed]
    some = names[:: max(1, len(names) // REQUESTS)]
    asked = {
        "a list page": [f"/v0.1/servers?cursor=l{number % 3 + 1}" for number in range(REQUESTS)],
        "one server": [f"/v0.1/servers/{quote(name, safe='')}/versions/latest" for name in some],
        "a search": [SEARCH.format(quote(name.rpartition("/")[2][:6], safe="")) for name in some],
    }
    with ExitStack() as stack:
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="latency-")))
        served, nginx = (
            stack.enter_context(running.HOSTS[name](site, "", own)) for name in ("serve", "nginx")
        )
        for what, paths in asked.items():
            ours = _percentiles(served, paths)
            yield f"serve, {what}: {_line(ours)}"
            if what != "a search":
                theirs = _percentiles(nginx, paths)
                yield f"  nginx: {_line(theirs)}; p99 {ours[1] / theirs[1]:.1f} times nginx"


def _percentiles(base: str, paths: list[str]) -> tuple[float, float]:
    """Ask one after the other over one connection, after a round to warm up: median and p99."""
    address = urlsplit(base)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    taken = []
    for path in paths + paths:
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - start)
        if answer.status != http.client.OK:
            raise RuntimeError(f"{base}{path}: {answer.status}")
    ordered = sorted(taken[len(paths) :])
    return ordered[len(ordered) // 2] * 1000, ordered[len(ordered) * 99 // 100] * 1000


def _line(found: tuple[float, float]) -> str:
    return f"median {found[0]:.1f} ms, p99 {found[1]:.1f} ms"
