"""The server program: uvicorn with this registry's limits, log and way to end.

Chosen by measurement (benchmarks/crowd.py, 200 clients at once, two cores shared with them), without
answers at hand (ready.py): p99 of a list page 104 ms, 2.2 times nginx's; granian 140 ms, hypercorn
193 ms. No request timed out. Of the 24 µs that an answer at hand takes, 16 to 18 are uvloop's and the
system's to read a request and write 32 to 75 KB, whoever makes them, and 2 the parser's.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Iterable

import uvicorn
from starlette.types import ASGIApp

from builder.serve import connection
from builder.serve.connection import ServeLimits
from builder.serve.metrics import Metrics
from builder.serve.ready import ReadyAnswers
from builder.serve.ready_connection import ReadyProtocol

KEEP_ALIVE = 20  # seconds; longer than a load balancer's pause between two requests mostly is
END = 3
"""Seconds that requests under way have when the server is told to end (SIGTERM or Ctrl-C)."""


def make_server(
    app: ASGIApp,
    *,
    access_log: bool = False,
    limits: ServeLimits = connection.DEFAULT,
    metrics: Metrics | None = None,
    ready: ReadyAnswers | None = None,
) -> uvicorn.Server:
    """Make a server for an application. HTTP only, without lifespan events.

    `metrics` counts the answers, `ready` keeps those that stand for a while.
    """
    ready = ready or ReadyAnswers()
    shared = {"limits": limits, "metrics": metrics, "ready": ready}
    protocol = type("Protocol", (ReadyProtocol,), shared)
    config = uvicorn.Config(
        ready.keeping(metrics.observe(app) if metrics else app),
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=access_log,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=END,
        # Addresses in X-Forwarded-For are what a client says, unless a proxy is known.
        proxy_headers=False,
    )
    if access_log:
        _log_access()
    return uvicorn.Server(config)


def run(server: uvicorn.Server, sockets: Iterable[socket.socket]) -> None:
    """Serve until SIGTERM or Ctrl-C, both of which are a KeyboardInterrupt in the end.

    The default for SIGTERM would end the process before what was begun is finished.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server.run(sockets=list(sockets))


def _log_access() -> None:
    """Write a line for each request to stdout: client, request, status, with the time."""
    handler = logging.StreamHandler(sys.stdout)
    text = '%(asctime)s %(client_addr)s "%(request_line)s" %(status_code)s'
    formatter = uvicorn.logging.AccessFormatter(text, use_colors=False)
    formatter.datefmt = "%Y-%m-%dT%H:%M:%S%z"
    handler.setFormatter(formatter)
    logger = logging.getLogger("uvicorn.access")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
