"""What a monitoring system asks of `serve`, on a port of its own: numbers, and health.

The numbers are in Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats).
They are six, written by one thread: prometheus-client would bring locks, registries and collectors of
its own for them, and `serve` one more dependency to keep up to date.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
"""Upper bounds of the histogram of answer times, in seconds."""
_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class Metrics:
    """Counts of answers by method and status, their times and bytes; written by one thread."""

    folder: Path
    started: float = field(default_factory=time.time)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    sent: int = 0
    open: int = 0

    def observe(self, app: ASGIApp) -> ASGIApp:
        """Return an application that counts each answer of another."""

        async def observed(scope: Scope, receive: Receive, send: Send) -> None:
            begun, status, sent = time.perf_counter(), 500, 0

            async def counting(message: Message) -> None:
                nonlocal status, sent
                if message["type"] == "http.response.start":
                    status = message["status"]
                sent += len(message.get("body", b""))
                await send(message)

            self.open += 1
            try:
                await app(scope, receive, counting)
            finally:
                self.open -= 1
                self.record(str(scope.get("method")), status, time.perf_counter() - begun, sent)

        return observed

    def record(self, method: str, status: int, seconds: float, sent: int) -> None:
        """Count an answer: to what, which, after how many seconds, with how many bytes of body."""
        # A method of a client's own making must not become a label.
        self.answers[method if method in _METHODS else "other", status] += 1
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds
        self.sent += sent

    def generation(self) -> str | None:
        """Return the commit of the site that is served, None if it cannot be read."""
        try:
            value = orjson.loads((self.folder / "index.json").read_bytes())
            return str(value["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def text(self) -> str:
        """Write the numbers in Prometheus's text format."""
        return "\n".join([*self._lines(), ""])

    def _lines(self) -> Iterator[str]:
        yield "# HELP mcp_registry_requests_total Requests answered."
        yield "# TYPE mcp_registry_requests_total counter"
        for (method, status), count in sorted(self.answers.items()):
            yield f'mcp_registry_requests_total{{method="{method}",status="{status}"}} {count}'
        yield "# HELP mcp_registry_request_seconds Time to answer."
        yield "# TYPE mcp_registry_request_seconds histogram"
        total = 0
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], self.buckets, strict=True):
            total += count
            yield f'mcp_registry_request_seconds_bucket{{le="{bound}"}} {total}'
        yield f"mcp_registry_request_seconds_sum {self.seconds:.6f}"
        yield f"mcp_registry_request_seconds_count {total}"
        yield "# HELP mcp_registry_sent_bytes_total Bytes of answers' bodies."
        yield "# TYPE mcp_registry_sent_bytes_total counter"
        yield f"mcp_registry_sent_bytes_total {self.sent}"
        yield "# HELP mcp_registry_open_requests Requests under way."
        yield "# TYPE mcp_registry_open_requests gauge"
        yield f"mcp_registry_open_requests {self.open}"
        yield "# HELP mcp_registry_site The site that is served, by its commit."
        yield "# TYPE mcp_registry_site gauge"
        yield f'mcp_registry_site{{commit="{self.generation() or ""}"}} 1'
        yield "# HELP process_start_time_seconds When this process began, in Unix time."
        yield "# TYPE process_start_time_seconds gauge"
        yield f"process_start_time_seconds {self.started:.0f}"


@contextmanager
def exposed(metrics: Metrics, host: str, port: int) -> Iterator[str]:
    """Serve /metrics and /health in a thread of their own; give the address. OSError if taken."""
    routes: dict[str, Callable[[], tuple[int, str, bytes]]] = {
        "/metrics": lambda: (200, _TEXT, metrics.text().encode()),
        "/health": lambda: _health(metrics),
    }

    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0

        def do_GET(self) -> None:
            missing = (404, "text/plain", b"/metrics and /health are here\n")
            route = routes.get(self.path.partition("?")[0])
            status, kind, body = route() if route else missing
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Write no log: it would be one line for every scrape."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{server.server_address[1]}"
        finally:
            server.shutdown()


def _health(metrics: Metrics) -> tuple[int, str, bytes]:
    commit = metrics.generation()
    value = {"status": "ok" if commit else "no site", "commit": commit}
    return (200 if commit else 503), "application/json", orjson.dumps(value)
