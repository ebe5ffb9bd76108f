"""Reading with a login: tokens of a real issuer on loopback, against the real server program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder import cli
from builder.build import build
from builder.model import config
from builder.model.errors import ConfigError
from builder.serve import app
from builder.serve.login import with_login
from tests.local_server import Reply
from tests.ownership.issuer import DISCOVERY, Issuer, issuing, rsa
from tests.registry import CONFIG, Registry, entry_file
from tests.serve.conftest import listening

BASE = "https://registry.example.com/mcp"
SERVER = "/v0.1/servers/com.example%2Fweather/versions/latest"
METADATA = "/.well-known/oauth-protected-resource"
SETTINGS = """\
hosts: [nginx]
reading:
  issuer: {issuer}
  scopes: [mcp-registry:read]
  claims: [{{name: groups, value: engineering}}]
"""
GOOD = {"aud": BASE, "scope": "openid mcp-registry:read", "groups": ["sales", "engineering"]}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture(scope="module")
def site(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("login")
    settings = CONFIG.replace("https://registry.example.com", BASE)
    registry = Registry(folder / "registry", settings + SETTINGS.format(issuer=issuer.url))
    registry.commit(entry_file())
    build.build(registry.repository, "HEAD", folder / "public", 1)
    return folder / "public"


@pytest.fixture(scope="module")
def client(site: Path) -> Iterator[httpx.Client]:
    application = with_login(app.application(site, plain=False, prefix="/mcp"), site, BASE)
    with listening(application) as url, httpx.Client(base_url=url, trust_env=False) as one:
        yield one


def read(client: httpx.Client, token: str, path: str = SERVER) -> httpx.Response:
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_who_is_logged_in_reads_and_no_cache_keeps_it_for_others(
    client: httpx.Client, issuer: Issuer
) -> None:
    answer = read(client, issuer.token(**GOOD))
    assert answer.json()["server"]["name"] == "com.example/weather"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    assert read(client, issuer.token(**GOOD), "/").status_code == 200
    scp = {**GOOD, "scope": None, "scp": ["mcp-registry:read"]}
    assert read(client, issuer.token(**scp)).status_code == 200


@pytest.mark.parametrize("path", [SERVER, "/", "/mcp/v0.1/servers", "/index.json", "/v0.1/ping", "/no/such"])  # fmt: skip
def test_without_a_token_nothing_is_read(client: httpx.Client, path: str) -> None:
    for answer in (client.get(path), client.get(path, headers={"Authorization": "Basic eDp5"})):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        challenge = answer.headers["WWW-Authenticate"]
        assert 'resource_metadata="https://registry.example.com' in challenge
        assert "error=" not in challenge, "no token is not a wrong token (RFC 6750, section 3.1)"
    assert client.head(path).status_code == 401


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"exp": 1}, 401, "invalid_token"),
        ({"aud": "https://other.example.com"}, 401, "invalid_token"),
        ({"iss": "https://login.example.net"}, 401, "invalid_token"),
        ({"scope": "openid"}, 403, "insufficient_scope"),
        ({"groups": ["sales"]}, 403, "insufficient_scope"),
        ({"groups": None}, 403, "insufficient_scope"),
    ],
)
def test_a_token_that_does_not_do_is_said_in_the_challenge(
    client: httpx.Client, issuer: Issuer, changed: dict[str, Any], status: int, error: str
) -> None:
    answer = read(client, issuer.token(**{**GOOD, **changed}))
    assert answer.status_code == status
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]
    assert 'scope="mcp-registry:read"' in answer.headers["WWW-Authenticate"]


def test_what_somebody_else_signed_is_no_token(client: httpx.Client, issuer: Issuer) -> None:
    good = issuer.token(**GOOD)
    header, body, signature = good.split(".")
    forged = [issuer.token(rsa(), **GOOD), f"{header}.{body}.", f"{header}.{body}.{signature[::-1]}", "x", "a.b.c"]  # fmt: skip
    for token in forged:
        assert read(client, token).status_code == 401
    twice = [("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {good}")]
    assert client.get(SERVER, headers=twice).status_code == 401


@pytest.mark.parametrize("path", [METADATA, f"{METADATA}/mcp", f"/mcp{METADATA}"])
def test_metadata_leads_to_the_issuer_without_a_login(
    client: httpx.Client, issuer: Issuer, path: str
) -> None:
    assert client.get(path).json() == {
        "resource": BASE,
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["mcp-registry:read"],
    }


def test_a_browsers_preflight_needs_no_token(client: httpx.Client) -> None:
    answer = client.options(SERVER)
    assert answer.status_code == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_an_issuer_that_is_away_lets_nobody_in(site: Path) -> None:
    with issuing() as away:
        away.answers[DISCOVERY] = away.answers["/keys"] = Reply(status=500)
        settings = SETTINGS.format(issuer=away.url)
        folder = site.parent / "away"
        registry = Registry(folder / "registry", CONFIG + settings)
        build.build(registry.repository, "HEAD", folder / "public", 1)
        application = app.application(folder / "public", plain=True)
        guarded = with_login(application, folder / "public", BASE)
        with listening(guarded) as url, httpx.Client(base_url=url, trust_env=False) as client:
            answer = read(client, away.token(**GOOD))
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_the_command_has_the_login_also_without_a_repository(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = []

    def ask(server: Any, sockets: Any) -> None:
        with listening(server.config.app) as url:
            statuses.append(httpx.get(f"{url}/v0.1/servers", trust_env=False).status_code)

    monkeypatch.setattr("builder.serve.server.run", ask)
    root = site.parent / "registry"
    assert cli.run(["serve", "--site", str(site), "--port", "0"]) == 0
    assert cli.run(["serve", "--root", str(root), "--port", "0", "--jobs", "1"]) == 0
    assert cli.run(["serve", "--site", str(site), "--plain", "--port", "0"]) == 0
    assert statuses == [401, 401, 401]


def test_a_host_that_checks_no_login_is_refused() -> None:
    settings = SETTINGS.format(issuer="https://login.example.com")
    with pytest.raises(ConfigError, match="GitHub Pages checks no login"):
        config.parse((CONFIG + settings.replace("[nginx]", "[nginx, github-pages]")).encode())
    with pytest.raises(ConfigError, match="GitHub Pages checks no login"):
        config.parse((CONFIG + settings.replace("hosts: [nginx]\n", "")).encode())
