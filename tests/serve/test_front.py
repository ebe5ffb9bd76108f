"""The documented nginx with a login in front of `serve`: real nginx, and a stand-in for oauth2-proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.conformance.running import ROOT, nginx_with
from tests.local_server import NOT_FOUND, Reply, Request, serving
from tests.patience import PATIENCE, free_port

PAGE = ROOT / "site/docs/operate/running.md"


def proxy(request: Request) -> Reply:
    """As oauth2-proxy: 202 for a session or a token that it knows, 401 for none, and a place to log in."""
    if request.path == "/oauth2/auth":
        return Reply(status=202 if request.headers.get("Authorization") == "Bearer good" else 401)
    if request.path == "/oauth2/start":
        wanted = request.headers.get("X-Auth-Request-Redirect", "")
        return Reply(status=302, headers={"Location": f"https://login.example.com/?rd={wanted}"})
    return NOT_FOUND


def registry(request: Request) -> Reply:
    return Reply(b"{}", headers={"Content-Type": "application/json"})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    (text,) = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    port = free_port()
    with serving(proxy) as login, serving(registry) as served:
        text = text.replace("listen 443 ssl;", f"listen {port};")
        text = text.replace("http://127.0.0.1:4180", login.url)
        text = text.replace("http://127.0.0.1:8000", served.url)
        own = tmp_path_factory.mktemp("nginx")
        with (
            nginx_with(text, port, own) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as one,
        ):
            yield one


def test_who_is_logged_in_reads(client: httpx.Client) -> None:
    for path in ("/v0.1/servers", "/", "/servers/com.example/weather/"):
        answer = client.get(path, headers={"Authorization": "Bearer good"})
        assert answer.status_code == 200
        assert "private, no-cache" in answer.headers.get_list("Cache-Control")


def test_a_program_gets_401_and_a_browser_is_sent_to_log_in(client: httpx.Client) -> None:
    for path in ("/v0.1/servers", "/index.json", "/servers.json", "/exports/x.json"):
        assert client.get(path).status_code == 401
    for path in ("/", "/servers/com.example/weather/", "/docs/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"https://login.example.com/?rd={path}"


def test_a_preflight_needs_no_login_and_the_question_is_nobodys(client: httpx.Client) -> None:
    assert client.options("/v0.1/servers").status_code == 501, "the stand-in's own word"
    assert client.get("/oauth2/auth").status_code == 404, "it is for nginx alone"
