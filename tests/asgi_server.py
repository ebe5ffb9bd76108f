"""An application served by the real server program on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from builder.serve import connection
from builder.serve.connection import ServeLimits
from builder.serve.ready import ReadyAnswers
from builder.serve.server import make_server
from tests.patience import PATIENCE


@contextmanager
def listening(
    application: ASGIApp,
    limits: ServeLimits = connection.DEFAULT,
    ready: ReadyAnswers | None = None,
) -> Iterator[str]:
    """Serve an application on a free port of the loopback address; yield its base URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = make_server(application, limits=limits, ready=ready)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """Open a connection to a server; reading from it ends after a while."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80))) as sock:
        sock.settimeout(PATIENCE)
        yield sock
