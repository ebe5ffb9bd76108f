"""How long tests wait, and on which ports: machines are shared and busy, and no clock decides a test.

What takes longer than PATIENCE hangs. A test that is about a time-out sets its own.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

PATIENCE = 120  # seconds
LOOPBACK = "127.0.0.1"


def wait_for(holds: Callable[[], object]) -> None:
    """Return as soon as `holds` returns what is true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def free_port() -> int:
    """Return a port on loopback on which nothing listens, for a program that binds it later.

    It is none that the system gives to others (connections get ports from 32768 up), and neither
    another test nor another worker gets the same one.
    """
    with _lock:
        return next(_free)


def _ports() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 10
    first = os.getpid() % 1_000  # two runs on one machine begin at different ones
    while True:
        for number in range(first, first + 1_000):
            port = 20_000 + 1_000 * worker + number % 1_000
            with socket.socket() as sock:
                try:
                    sock.bind((LOOPBACK, port))
                except OSError:
                    continue
            yield port


_lock = threading.Lock()
_free = _ports()
