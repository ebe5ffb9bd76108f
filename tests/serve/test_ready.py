"""Answers at hand: byte for byte what the application answers, for as long as it would."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send

from builder.build.build import build
from builder.serve import app
from builder.serve.newer import ChangedSince
from builder.serve.ready import Key, ReadyAnswer, ReadyAnswers, key_of
from tests.asgi_server import connected, listening
from tests.patience import PATIENCE
from tests.registry import Registry, entry_file
from tests.serve.conftest import GONE, PLUS, WEATHER, versions

NONE_AT_HAND = 0
PATHS = [
    "/",
    "/docs",
    "/docs/",
    "//docs//",
    "/nothing",
    "/openapi.json?a=%20b",
    "/.well-known/ai-catalog.json",
    "/.hosts/nginx.conf",
    "/assets/%2e%2e/index.json",
    "/servers/com.example/weather/",
    "http://elsewhere.example/v0.1/servers",
    "/v0.1/servers",
    "/v0.1/servers/",
    "/v0.1/servers?limit=1&search=w%C3%A9",
    "/v0.1/servers?limit=0",
    "/v0.1/servers?cursor=l1&limit=2",
    "/v0/servers?version=latest",
    "/v0.1/ping",
    "/v0.1/%zz",
    *(versions(name, version) for name in (WEATHER, GONE, PLUS) for version in ("", "latest")),
    versions(WEATHER, "2.0.0") + "?include_deleted=true",
]
HEADERS = [
    "User-Agent: one",
    "Accept-Encoding: gzip",
    "Accept-Encoding: br, gzip",
    "accept-encoding: identity",
    "Accept-Encoding: ",
    "ACCEPT-ENCODING: *",
    "Authorization: Bearer x",
    "Connection: keep-alive",
    "Connection: Keep-Alive",
    "Content-Length: 0",
    "Host: other.example:80",
    "If-None-Match: *",
    'If-None-Match: "0"',
    "If-None-Match: TAG",
    "If-None-Match: W/TAG",
    "If-Range: TAG",
    "Range: bytes=1-9",
    "Range: bytes=99999999-",
    "Origin: https://page.example",
    "Upgrade: websocket",
]


@dataclass(slots=True)
class Told(ReadyAnswers):
    """Answers at hand, and how many requests got one."""

    used: list[Key] = field(default_factory=list)

    def find(self, key: Key) -> ReadyAnswer | None:
        found = ReadyAnswers.find(self, key)
        if found:
            self.used.append(key)
        return found


@contextmanager
def both(application: ASGIApp) -> Iterator[tuple[str, str, Told]]:
    """An application served with answers at hand, and without; which requests got one."""
    ready = Told()
    with (
        listening(application, ready=ready) as fast,
        listening(application, ready=ReadyAnswers(NONE_AT_HAND)) as slow,
    ):
        yield fast, slow, ready


def answered(sock: socket.socket, request: bytes) -> bytes:
    """The answer to a request as it comes, but for its date; read to its end by its length."""
    sock.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(1 << 16)
        assert piece, request
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head)
    expected = int(length[1]) if length and not request.startswith(b"HEAD") else 0
    while len(body) < expected:
        piece = sock.recv(1 << 16)
        assert piece, request
        body += piece
    return re.sub(rb"\r\ndate: [^\r]*", b"", head, count=1) + b"\r\n\r\n" + body


def tag_of(url: str, path: str) -> str:
    with connected(url) as sock:
        head = answered(sock, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    found = re.search(rb'\r\netag: (?:W/)?("[^"]*")', head)
    return found[1].decode() if found else '"none"'


@pytest.fixture(scope="module", params=["files", "packed", "plain"])
def served(
    request: pytest.FixtureRequest, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, Told]]:
    site = built
    if request.param == "packed":
        registry = Registry(tmp_path_factory.mktemp("ready") / "registry")
        registry.commit({**entry_file(WEATHER), **entry_file(WEATHER, "2.0.0"), **entry_file(PLUS)})
        site = tmp_path_factory.mktemp("packed") / "site"
        build(registry.repository, "HEAD", site, 1, form="packed")
    with both(app.application(site, plain=request.param == "plain")) as urls:
        yield urls


@given(
    st.sampled_from(PATHS),
    st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "POST"]),
    st.lists(st.sampled_from(HEADERS), max_size=4, unique=True),
)
def test_an_answer_at_hand_is_the_one_that_would_be_made(
    served: tuple[str, str, Told], path: str, method: str, headers: list[str]
) -> None:
    fast, slow, _ = served
    lines = "".join(f"{line}\r\n" for line in headers).replace("TAG", tag_of(slow, path))
    request = f"{method} {path} HTTP/1.1\r\nHost: registry.example\r\n{lines}\r\n".encode()
    with connected(slow) as sock:
        expected = answered(sock, request)
    with connected(fast) as sock:
        assert [answered(sock, request) for _ in range(3)] == [expected] * 3


@pytest.mark.parametrize("path", ["/", "/v0.1/servers?cursor=l1", versions(WEATHER, "latest")])
@pytest.mark.parametrize("header", ["", "Accept-Encoding: br\r\n", "If-None-Match: *\r\n"])
def test_the_second_request_that_is_alike_gets_it(
    served: tuple[str, str, Told], path: str, header: str
) -> None:
    fast, _, ready = served
    with connected(fast) as sock:
        asked = f"GET {path} HTTP/1.1\r\nHost: registry.example\r\n{header}\r\n".encode()
        first = answered(sock, asked)
        answered(sock, asked)  # the first list is read by the first request
        used = len(ready.used)
        assert answered(sock, asked) == first
    assert len(ready.used) == used + (b" 200 " in first or b" 304 " in first)


@pytest.mark.parametrize("form", ["files", "packed"])
def test_another_build_is_served_at_once(registry: Registry, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    paths = ["/v0.1/servers", versions(WEATHER), "/servers/com.example/weather/", "/index.json"]

    def made(version: str) -> None:
        registry.commit(entry_file(WEATHER, version))
        build(registry.repository, "HEAD", out, 1, form=form)  # type: ignore[arg-type]

    made("1.0.0")
    ready = Told()
    with (
        listening(app.application(out, plain=False), ready=ready) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        for number in range(2, 5):
            before = [[client.get(path).content for path in paths] for _ in range(3)]
            assert before[0] == before[1] == before[2]
            made(f"{number}.0.0")
            after = [client.get(path).content for path in paths]
            assert all(old != new for old, new in zip(before[0], after, strict=True))
    assert len(ready.used) >= 12


def test_a_file_that_was_changed_by_hand_is_served_at_once(built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(built, site)
    with (
        listening(app.application(site, plain=False)) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        for text in ("one", "two!", "three"):
            (site / "stats/index.html").write_text(text)
            assert [client.get("/stats/").text for _ in range(3)] == [text] * 3
        (site / "stats/index.html").unlink()
        assert client.get("/stats/").status_code == 404


@dataclass(slots=True)
class Published:
    """What is newer than the site: one document."""

    body: bytes = b"{}"

    def document(self, path: str) -> bytes | bool:
        return self.body if path.endswith("latest") else True

    def changed_since(self, _commit: str) -> ChangedSince:
        return ChangedSince({})

    def moment(self) -> object:
        return self.body


def test_what_is_newer_than_the_site_is_served_at_once(built: Path) -> None:
    newer = Published()
    with (
        listening(app.application(built, plain=False, newer=newer)) as url,
        httpx.Client(base_url=url, timeout=PATIENCE) as client,
    ):
        for text in (b"{}", b'{"a":1}', b'{"a":2}'):
            newer.body = text
            assert [client.get(versions(WEATHER, "latest")).content for _ in range(3)] == [text] * 3


async def nobody_says_how_long(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_an_answer_of_which_nobody_says_how_long_it_stands_is_not_kept() -> None:
    with both(nobody_says_how_long) as (fast, _, ready):
        assert all(httpx.get(fast, timeout=PATIENCE).status_code == 200 for _ in range(3))
    assert not ready.used


@pytest.mark.parametrize("name", ["authorization", "range", "if-range", "content-length", "expect"])
def test_what_one_client_asks_alone_is_not_for_others(name: str) -> None:
    assert key_of(b"/", [(b"host", b"x"), (name.encode(), b"1")]) is None
    assert key_of(b"/", [(b"host", b"x")]) == (b"/", None, None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5000)), max_size=60))
def test_no_more_is_kept_than_there_is_room_for(asked: list[tuple[int, int]]) -> None:
    ready, kept = ReadyAnswers(20_000), dict[Key, ReadyAnswer]()
    for name, size in asked:
        key = (b"%d" % name, None, None)
        kept[key] = ReadyAnswer(200, bytes(size), size, "/", lambda: True)
        ready.keep(key, kept[key])
        assert ready.find(key) is kept[key]
        at_hand = [one for key in kept if (one := ready.find(key))]
        assert sum(len(one.sent) for one in at_hand) <= 20_000
