"""Clients that send too much, too slowly or too often, and a server that is told to end."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from builder.build import build
from builder.serve.connection import ServeLimits
from tests.asgi_server import connected
from tests.patience import PATIENCE
from tests.registry import Registry, entry_file
from tests.serve.conftest import WEATHER, built, running

__all__ = ["built"]
QUICK = ServeLimits(request_seconds=0.3, response_seconds=0.5, connections=400)
GET = b"GET /v0.1/ping HTTP/1.1\r\nHost: x\r\n"


def answer(sock: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    data = b""
    try:
        while piece := sock.recv(1 << 16):
            data += piece
    except ConnectionResetError:
        pass
    return data


def told(url: str, *pieces: bytes) -> int:
    """Send pieces and give the status of the answer."""
    with connected(url) as sock:
        for piece in pieces:
            try:
                sock.sendall(piece)
            except OSError:
                break
        data = answer(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    assert json.loads(body)["status"] == int(head.split()[1])
    assert b"access-control-allow-origin: *" in head.lower()
    return int(head.split()[1])


CLOSE = b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([GET, b"X-Long: ", *[b"a" * 65536] * 64], 431),
        ([GET, b"X-Long: " + b"a" * 20_000 + b"\r\n", CLOSE], 431),
        ([GET, b"X-Many: a\r\n" * 200, CLOSE], 431),
        ([b"GET /v0.1/" + b"a" * 1_000_000 + b" HTTP/1.1\r\n", CLOSE], 431),
        ([b"GET /v0.1/" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n", CLOSE], 431),
        ([GET, b"Content-Length: 99999999\r\n", CLOSE], 413),
        ([GET.replace(b"GET", b"POST"), b"Content-Length: 99999999\r\n", CLOSE], 413),
        ([b"nonsense\r\n\r\n"], 400),
        ([GET, b"Content-Length: -1\r\n", CLOSE], 400),
        ([GET, b"bad header\r\n", CLOSE], 400),
    ],
    ids=range(10),
)
def test_too_much_is_refused_with_its_status(pieces: list[bytes], status: int, built: Path) -> None:
    with running(built, plain=False) as url:
        assert told(url, *pieces) == status
        assert httpx.get(f"{url}/v0.1/ping", timeout=PATIENCE).json() == {"pong": True}


def test_a_body_in_pieces_is_counted(built: Path) -> None:
    with running(built, plain=False) as url, connected(url) as sock:
        sock.sendall(GET.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(1000):
                sock.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")


@pytest.mark.parametrize("start", [b"", b"GET /", GET, GET + b"Content-Length: 9\r\n\r\n1"])
def test_a_request_that_does_not_become_whole_is_ended(start: bytes, built: Path) -> None:
    with running(built, plain=False, limits=QUICK) as url, connected(url) as sock:
        sock.sendall(start)
        data = answer(sock)
    # The body of a request that nobody needs is not waited for: its answer is there already.
    assert data.split()[1] in (b"408", b"200")


def served(sock: socket.socket) -> bool:
    """Whether the server still holds its end of a connection (1: established)."""
    server, client = sock.getpeername()[1], sock.getsockname()[1]
    lines = Path("/proc/net/tcp").read_text().splitlines()
    ends = f"0100007F:{server:04X} 0100007F:{client:04X} 01"
    return any(ends in line for line in lines)


def test_a_client_that_takes_no_answer_is_cut_off(built: Path) -> None:
    asked = (GET + b"\r\n").replace(b"/v0.1/ping", b"/openapi.json")
    # Seconds enough to look at the connection before it is cut off.
    limits = replace(QUICK, response_seconds=3, waiting_requests=100_000)
    with running(built, plain=False, limits=limits) as url, connected(url) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        sock.sendall(asked * 1000)  # the answers are more than the system's buffers hold
        assert served(sock)
        deadline = time.monotonic() + PATIENCE
        while served(sock) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not served(sock)


def test_requests_that_wait_for_answers_have_a_number(built: Path) -> None:
    asked = (GET + b"\r\n").replace(b"/v0.1/ping", b"/openapi.json")
    with running(built, plain=False) as url:
        with connected(url) as sock:
            sock.sendall(asked * 90 + GET + b"Connection: close\r\n\r\n")
            assert answer(sock).count(b"HTTP/1.1 200") == 91
        with connected(url) as sock, suppress(OSError):
            sock.sendall(asked * 5000)
            assert answer(sock).count(b"HTTP/1.1 200") < 200


def test_slow_clients_hold_up_nobody_else_and_have_a_ceiling(built: Path) -> None:
    limits = ServeLimits(request_seconds=60, connections=300)
    with running(built, plain=False, limits=limits) as url, ExitStack() as stack:
        slow = [stack.enter_context(connected(url)) for _ in range(290)]
        for sock in slow:
            sock.sendall(GET)
        with httpx.Client(timeout=PATIENCE) as http:
            for _ in range(100):
                assert http.get(f"{url}/v0.1/servers").status_code == 200
        more = [stack.enter_context(connected(url)) for _ in range(20)]
        statuses = {answer(sock).split()[1] for sock in more[-5:]}
        assert statuses == {b"503"}
        slow[0].sendall(b"\r\n")
        assert slow[0].recv(100).startswith(b"HTTP/1.1 200")


def test_links_out_of_the_folder_are_not_followed(built: Path, tmp_path: Path) -> None:
    site, secret = tmp_path / "site", tmp_path / "secret"
    shutil.copytree(built, site)
    secret.mkdir()
    (secret / "key.txt").write_text("secret")
    (secret / "index.html").write_text("secret")
    (site / "file.txt").symlink_to(secret / "key.txt")
    (site / "folder").symlink_to(secret)
    (site / "within.html").symlink_to(site / "index.html")
    for plain in (False, True):
        with running(site, plain=plain) as url:
            for path in ("file.txt", "folder/key.txt", "folder/", "folder"):
                found = httpx.get(f"{url}/{path}", follow_redirects=True, timeout=PATIENCE)
                assert (found.status_code, "secret" in found.text) == (404, False)
            assert httpx.get(f"{url}/within.html", timeout=PATIENCE).status_code == 200


@contextmanager
def command(
    registry: Registry, *options: str
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The command, and the addresses that it tells: `serving` and `metrics`."""
    arguments = ["serve", "--root", str(registry.root), "--port", "0", *options]
    with subprocess.Popen(
        [sys.executable, "-m", "builder", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        addresses = {}
        for line in server.stderr:
            if line.startswith(("serving", "metrics")):
                addresses[line.split()[0]] = line.split()[-1]
            if line.startswith("serving"):
                break
        try:
            yield server, addresses
        finally:
            server.kill()


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path / "registry")
    registry.commit(entry_file(WEATHER))
    return registry


def test_it_ends_when_it_is_told_to_whatever_clients_do(registry: Registry) -> None:
    with command(registry) as (server, addresses), ExitStack() as stack:
        url = addresses["serving"]
        half, idle, greedy = (stack.enter_context(connected(url)) for _ in range(3))
        half.sendall(GET)
        idle.sendall(GET + b"\r\n")
        assert idle.recv(20)
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        greedy.setblocking(False)
        try:
            for _ in range(2000):
                greedy.send((GET + b"\r\n").replace(b"/v0.1/ping", b"/openapi.json"))
        except OSError:
            pass
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE) in (0, -signal.SIGTERM)


def test_log_metrics_and_health_tell_what_is_served(registry: Registry) -> None:
    commit = registry.git("rev-parse", "HEAD")
    with command(registry, "--access-log", "--metrics-port", "0") as (server, addresses):
        url, metrics = addresses["serving"], addresses["metrics"]
        assert httpx.get(f"{url}/v0.1/servers?limit=1", timeout=PATIENCE).status_code == 200
        assert httpx.get(f"{url}/v0.1/nothing", timeout=PATIENCE).status_code == 404
        httpx.request("PROPFIND", f"{url}/")
        text = httpx.get(metrics, timeout=PATIENCE).text
        for line in (
            'mcp_registry_requests_total{method="GET",status="200"} 1',
            'mcp_registry_requests_total{method="GET",status="404"} 1',
            'mcp_registry_requests_total{method="other",status="405"} 1',
            "mcp_registry_request_seconds_count 3",
            f'mcp_registry_site{{commit="{commit}"}} 1',
        ):
            assert line in text.splitlines()
        health = metrics.replace("/metrics", "/health")
        assert httpx.get(health, timeout=PATIENCE).json() == {"status": "ok", "commit": commit}
        (registry.root / "public/index.json").unlink()
        assert httpx.get(health, timeout=PATIENCE).status_code == 503
        assert httpx.get(f"{url}/metrics", timeout=PATIENCE).status_code == 404, (
            "not on the public port"
        )
        server.send_signal(signal.SIGINT)
        assert server.stdout is not None
        log = server.stdout.read().splitlines()
    assert any('"GET /v0.1/servers?limit=1 HTTP/1.1" 200' in line for line in log)
    assert len(log) == 4


def test_builds_that_are_swapped_in_under_load_are_never_seen_by_halves(
    registry: Registry, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    build.build(registry.repository, "HEAD", out, 1)
    wrong: list[object] = []
    stop = threading.Event()
    with running(out, plain=False) as url:

        def load() -> None:
            known = 1
            with httpx.Client(base_url=url, timeout=PATIENCE) as http:
                while not stop.is_set():
                    listed = http.get("/v0.1/servers?version=latest&limit=100")
                    single = http.get(f"/v0.1/servers/{WEATHER.replace('/', '%2F')}/versions")
                    page = http.get("/")
                    statuses = {listed.status_code, single.status_code, page.status_code}
                    count = len(listed.json()["servers"]) if statuses == {200} else 0
                    if count < known:
                        wrong.append((statuses, count, known))
                    known = max(known, count)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(6):
            registry.commit(entry_file(f"com.example/n{number}"))
            build.build(registry.repository, "HEAD", out, 1)
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
