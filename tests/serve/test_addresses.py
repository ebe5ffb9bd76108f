"""Addresses and methods of `serve`: redirects, other origins, HEAD and OPTIONS, paths that lead nowhere."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from builder.pages.api.write_refusals import METHODS as WRITES
from tests.patience import PATIENCE
from tests.serve.conftest import WEATHER, running, versions


def test_an_encoded_slash_at_the_end_is_not_redirected_to_itself(full: httpx.Client) -> None:
    for path in ("/v0.1/servers%2F", versions(WEATHER) + "%2F", "/v0.1%2f"):
        assert full.get(path).status_code in (200, 404)


def test_a_trailing_slash_is_redirected_without_losing_the_escape(full: httpx.Client) -> None:
    answer = full.get(versions(WEATHER) + "/")
    assert (answer.status_code, answer.headers["location"]) == (308, versions(WEATHER))
    assert (
        full.get("/servers/com.example/weather").headers["location"]
        == "/servers/com.example/weather/"
    )


@pytest.mark.parametrize(
    "path", ["/v0.1/servers", versions(WEATHER, "latest"), "/v0.1/nothing", "/v0.1/servers?limit=0"]
)
def test_every_answer_may_be_read_from_any_origin(
    full: httpx.Client, plain: httpx.Client, path: str
) -> None:
    for client in (full, plain):
        headers = client.get(path, headers={"Origin": "vscode-file://vscode-app"}).headers
        assert headers["access-control-allow-origin"] == "*"
        assert {"GET", "OPTIONS"} <= set(headers["access-control-allow-methods"].split(", "))
        assert {"Authorization", "Content-Type"} <= set(
            headers["access-control-allow-headers"].split(", ")
        )


def test_options_and_other_methods(full: httpx.Client) -> None:
    assert full.options("/v0.1/servers").status_code == 204
    for method, status in {**dict.fromkeys(WRITES, 501), "PROPFIND": 405}.items():
        answer = full.request(method, versions(WEATHER, "1.0.0"))
        assert (answer.status_code, answer.headers["allow"]) == (status, "GET, HEAD, OPTIONS")
        assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "path", ["/v0.1/servers?limit=1", versions(WEATHER, "latest"), "/index.json"]
)
def test_head_is_get_without_the_body_and_304_saves_it(full: httpx.Client, path: str) -> None:
    got, head = full.get(path), full.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert head.headers[name] == got.headers[name]
    for known in (got.headers["etag"], f'"x", W/{got.headers["etag"]}', "*"):
        answer = full.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert full.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def raw(client: httpx.Client, path: str) -> list[bytes]:
    """Ask for a path as it is written (a client library would tidy it); give the lines of the head."""
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile("rb").read().partition(b"\r\n\r\n")[0].splitlines()


@pytest.mark.parametrize(
    "path",
    [
        "/../registry.yaml",
        "/%2e%2e/registry.yaml",
        "/v0.1/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc/passwd",
    ],
)
def test_no_path_leads_out_of_the_site(full: httpx.Client, plain: httpx.Client, path: str) -> None:
    for client in (full, plain):
        assert raw(client, path)[0].split()[1] == b"404"


def test_no_redirect_leads_to_another_host(full: httpx.Client, plain: httpx.Client) -> None:
    for client in (full, plain):
        places = [
            line
            for line in raw(client, "//evil.example/..//v0.1/servers/")
            if line.lower().startswith(b"location")
        ]
        assert not [line for line in places if line.split()[1].startswith(b"//")]


@pytest.mark.parametrize("prefix", ["/registry", "/our%20registry", "/r%C3%A9gistre"])
def test_the_site_answers_below_the_path_of_its_address_too(built: Path, prefix: str) -> None:
    for plain in (False, True):
        with running(built, plain=plain, prefix=prefix) as url:
            for path in ("/index.html", "/v0.1/ping/", "/404.html"):
                at_root, below = (
                    httpx.get(f"{url}{start}{path}", follow_redirects=True, timeout=PATIENCE)
                    for start in ("", prefix)
                )
                assert (below.status_code, below.content) == (at_root.status_code, at_root.content)
