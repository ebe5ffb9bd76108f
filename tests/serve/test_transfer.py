"""Parts, compression and what a client has already: the bytes are the document's, however sent."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from builder.serve import transfer

BODY = b'{"servers":[' + b",".join(b'{"name":"com.example/%d"}' % n for n in range(99)) + b"]}"
TAG = '"tag"'


def send(body: bytes = BODY, method: str = "GET", **headers: str) -> Response:
    """Send a document to a client with these request headers (`_` for `-`)."""
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    request = Request({"type": "http", "method": method, "headers": raw})
    response = Response(body, headers={"Content-Type": "application/json", "ETag": TAG})
    return transfer.sent(request, response)


@given(st.integers(0, len(BODY) + 5), st.integers(0, len(BODY) + 5))
def test_a_part_is_these_bytes(first: int, last: int) -> None:
    answer = send(range=f"bytes={first}-{last}")
    if first > last:
        assert (answer.status_code, answer.body) == (200, BODY)
    elif first >= len(BODY):
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"
    else:
        end = min(last, len(BODY) - 1)
        assert (answer.status_code, answer.body) == (206, BODY[first : last + 1])
        assert answer.headers["Content-Range"] == f"bytes {first}-{end}/{len(BODY)}"
    assert answer.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=-5", BODY[-5:]),
        ("bytes=-99999", BODY),
        ("bytes=10-", BODY[10:]),
        ("bytes=-", None),
        ("bytes=1-2,4-5", None),
        ("items=1-2", None),
        ("bytes=x-", None),
    ],
)
def test_forms_of_ranges(asked: str, expected: bytes | None) -> None:
    answer = send(range=asked)
    assert (answer.status_code, answer.body) == ((206, expected) if expected else (200, BODY))


def test_a_part_of_another_document_is_not_sent() -> None:
    assert send(range="bytes=1-2", if_range=TAG).status_code == 206
    assert send(range="bytes=1-2", if_range='"other"').status_code == 200
    assert send(range="bytes=1-2", if_none_match=TAG).status_code == 304
    assert send(range="bytes=0-0", method="HEAD").status_code == 200
    assert send(b"", range="bytes=0-").status_code == 416
    assert send(b"", range="bytes=-1").status_code == 416


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_a_document_is_compressed_as_the_client_takes_it(accepted: str, encoding: str) -> None:
    answer = send(accept_encoding=accepted)
    assert answer.headers.get("Content-Encoding", "") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert plain(answer.body) == BODY
    assert send(accept_encoding=accepted, if_none_match=answer.headers["ETag"]).status_code == 304


def test_what_is_small_is_sent_as_it_is() -> None:
    assert "Content-Encoding" not in send(b"{}", accept_encoding="gzip").headers


def test_folders_that_begin_with_a_dot_are_not_served(full: httpx.Client) -> None:
    for path in ("/.hosts/nginx/registry.conf", "/.nojekyll", "/x/.git/config"):
        assert full.get(path).status_code == 404
