"""Content codings are undone piece by piece, and whatever comes is bounded or refused."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import brotli  # type: ignore[import-untyped]
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.net.addresses import Guard
from builder.net.decoding import PIECE, BadCoding, decoders
from builder.net.exchange import AnswerBounds, AnswerTooLarge, fetch
from builder.net.transport import GuardedTransport
from builder.pull.registry import DOCUMENT
from tests.local_server import Reply, Request, serving


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


ENCODE = {
    "gzip": gzip.compress,
    "x-gzip": lambda body: gzip.compress(body[:7]) + gzip.compress(body[7:]),
    "deflate": zlib.compress,
    "Deflate": _raw_deflate,
    "br": brotli.compress,
    "identity": bytes,
}
LIMIT = 4 << 20
CODINGS = st.lists(st.sampled_from(sorted(ENCODE)), max_size=3)


def undone(codings: str, pieces: list[bytes]) -> list[bytes]:
    stream: Iterator[bytes] = iter(pieces)
    for decode in decoders(codings):
        stream = decode(stream)
    return list(stream)


@given(
    block=st.binary(min_size=1, max_size=300),
    times=st.integers(0, 700),
    codings=CODINGS,
    cut=st.integers(50, 9000),
)
def test_any_codings_one_in_the_other_are_undone(
    block: bytes, times: int, codings: list[str], cut: int
) -> None:
    body = block * times
    sent = body
    for name in codings:
        sent = ENCODE[name](sent)
    pieces = [sent[start : start + cut] for start in range(0, len(sent), cut)]
    out = undone(", ".join(codings), pieces)
    assert b"".join(out) == body
    assert all(len(piece) <= 2 * PIECE for piece in out)


@given(body=st.binary(min_size=1, max_size=60), coding=st.sampled_from(["gzip", "deflate", "br"]))
def test_what_is_not_of_its_coding_is_refused_or_read(body: bytes, coding: str) -> None:
    try:
        undone(coding, [body])
    except BadCoding as error:
        assert error.message


@pytest.mark.parametrize("codings", ["zstd", "gzip, " * 4 + "br", "gzip;q=1"])
def test_codings_nobody_asked_for_are_refused(codings: str) -> None:
    with pytest.raises(BadCoding):
        decoders(codings)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(transport=GuardedTransport(Guard(allow_private=True))) as client:
        yield client


@pytest.mark.parametrize("codings", ["gzip", "deflate", "br", "gzip, gzip", "br, gzip", "gzip, br"])
def test_a_bomb_is_left_at_the_limit(codings: str, http: httpx.Client) -> None:
    body = bytes(64 << 20)
    for name in codings.split(", "):
        body = brotli.compress(body, quality=1) if name == "br" else ENCODE[name](body)
    reply = Reply(body, headers={"Content-Encoding": codings})
    with serving(lambda _: reply) as server:
        request = http.build_request("GET", server.url)
        with pytest.raises(AnswerTooLarge, match="more than 1,000,000 bytes"):
            fetch(http, request, AnswerBounds(bytes=1_000_000))


BOMBS = [
    "gzip",
    "deflate",
    "br",
    "gzip, gzip",
    "br, gzip",
    "gzip, br",
    "br, br",
    "deflate, gzip, br",
]


@pytest.fixture(scope="module")
def bombs() -> Mapping[str, Reply]:
    """64 MiB in each coding, by the path of the answer."""
    replies = {"/small": Reply(b"small")}
    for number, codings in enumerate(BOMBS):
        body = bytes(64 << 20)
        for name in codings.split(", "):
            body = brotli.compress(body, quality=1) if name == "br" else ENCODE[name](body)
        replies[f"/{number}"] = Reply(body, headers={"Content-Encoding": codings})
    return replies


def grown(bombs: Mapping[str, Reply], what: str) -> list[tuple[int, object]]:
    """KiB by which the memory of a process grows from bomb to bomb, and how each ended."""

    def answer(request: Request) -> Reply:
        return bombs.get(f"/{request.path.split('/')[1]}", Reply(b"", 404))

    with serving(answer) as server:
        urls = [f"{server.url}{path}" for path in bombs]
        done = subprocess.run(
            [sys.executable, "-m", "tests.net.peak", what, *urls], capture_output=True, check=True
        )
    told = json.loads(done.stdout.splitlines()[-1])
    return [tuple(told[url]) for url in urls[1:]]


def test_memory_stays_within_a_few_times_the_limit(bombs: Mapping[str, Reply]) -> None:
    for kibibytes, why in grown(bombs, str(LIMIT)):
        assert why == "AnswerTooLarge"
        assert kibibytes << 10 < 4 * LIMIT


def test_memory_of_a_pull_does_too(bombs: Mapping[str, Reply]) -> None:
    for kibibytes, code in grown({**bombs, "/small": Reply(b"", 404)}, "pull"):
        assert code == 2
        assert kibibytes << 10 < 16 * DOCUMENT


def test_what_a_stage_in_the_middle_grows_to_counts_as_well(http: httpx.Client) -> None:
    # Ten thousand empty members of gzip: megabytes in between, and nothing at the end.
    body = gzip.compress(gzip.compress(b"") * 100_000)
    reply = Reply(body, headers={"Content-Encoding": "gzip, gzip"})
    with serving(lambda _: reply) as server, pytest.raises(AnswerTooLarge):
        fetch(http, http.build_request("GET", server.url), AnswerBounds(bytes=100_000))


def test_a_redirect_with_a_bomb_is_not_read(http: httpx.Client) -> None:
    bomb = gzip.compress(bytes(64 << 20))
    replies = {
        "/": Reply(bomb, 302, {"Location": "/there", "Content-Encoding": "gzip"}),
        "/there": Reply(b"there"),
    }
    with serving(lambda request: replies[request.path]) as server:
        request = http.build_request("GET", f"{server.url}/")
        assert fetch(http, request, AnswerBounds(bytes=1_000_000)).body == b"there"


@contextmanager
def _dripping(start: bytes) -> Iterator[str]:
    """A server that sends `start`, and then a byte now and then for ever."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.recv(4096)
                connection.sendall(start)
                while not stop.wait(0.02):
                    connection.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nX-Header: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"],
    ids=["status", "header", "body"],
)
def test_a_byte_now_and_then_does_not_hold_anybody_up(start: bytes, http: httpx.Client) -> None:
    with _dripping(start) as url, pytest.raises(httpx.ReadTimeout):
        fetch(http, http.build_request("GET", url), AnswerBounds(seconds=0.3, rate=4096))
