"""Reading with a login: tokens of a real issuer on loopback, against `serve` and the edge worker."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, Key

from builder import cli
from builder.build import build
from builder.model import config
from builder.model.errors import ConfigError
from builder.ownership import oidc
from builder.serve import app
from builder.serve.login import with_login
from tests.asgi_server import listening
from tests.conformance import running
from tests.local_server import Reply
from tests.ownership.issuer import DISCOVERY, Issuer, ed25519, issuing, rsa
from tests.patience import PATIENCE
from tests.registry import CONFIG, Registry, entry_file

BASE = "https://registry.example.com/mcp"
SERVER = "/v0.1/servers/com.example%2Fweather/versions/latest"
METADATA = "/.well-known/oauth-protected-resource"
ARD = "v0.1/x/com.example.registry/ard"
SETTINGS = """\
hosts: [cloudflare]
form: {form}
reading:
  issuer: {issuer}
  scopes: [mcp-registry:read]
  claims: [{{name: groups, value: engineering}}]
"""
GOOD: dict[str, Any] = {
    "aud": BASE,
    "scope": "openid mcp-registry:read",
    "groups": ["sales", "engineering"],
}


KEY_OF = {"ES256": "p256", "ES384": "p384", "ES512": "p521", "Ed25519": "ed"}
KEYS: list[Key] = [
    rsa(),
    *(ECKey.generate_key(f"P-{kid[1:]}", {"kid": kid}) for kid in ("p256", "p384", "p521")),
    ed25519("ed"),
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing(keys=[*KEYS]) as one:
        yield one


def made(folder: Path, issuer: Issuer, form: str) -> Path:
    """Build a registry with a login; return what a host publishes: the site is in `mcp`."""
    settings = CONFIG.replace("https://registry.example.com", BASE)
    settings += SETTINGS.format(issuer=issuer.url, form=form)
    registry = Registry(folder / "registry", settings)
    registry.commit(entry_file())
    build.build(registry.repository, "HEAD", folder / "www/mcp", 1)
    return folder / "www"


@pytest.fixture(scope="module")
def www(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("login"), issuer, "files")


@pytest.fixture(scope="module")
def packed(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("packed"), issuer, "packed")


@contextmanager
def started(host: str, www: Path, own: Path) -> Iterator[httpx.Client]:
    """A client of `serve` or of the worker, at the address where the site is."""
    with ExitStack() as stack:
        if host == "serve":
            site = www / "mcp"
            application = with_login(app.application(site, plain=False, prefix="/mcp"), site, BASE)
            url = stack.enter_context(listening(application)) + "/mcp"
        else:
            url = stack.enter_context(running.HOSTS[host](www, "/mcp", own))
        yield stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE))


@pytest.fixture(scope="module", params=["serve", "worker", "cloudflare", "worker packed"])
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    folder = request.getfixturevalue("packed" if request.param in running.PACKED else "www")
    with started(request.param, folder, tmp_path_factory.mktemp("host")) as one:
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


@pytest.mark.parametrize("path", [SERVER, "/", "/v0.1/servers", "/index.json", "/v0.1/ping", "/no/such", "/_worker.js/settings.js", "/v0.1//servers", f"/{ARD}/agents", "/packs/index.json", "/%zz"])  # fmt: skip
def test_without_a_token_nothing_is_read(client: httpx.Client, path: str) -> None:
    for answer in (client.get(path), client.get(path, headers={"Authorization": "Basic eDp5"})):
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        challenge = answer.headers["WWW-Authenticate"]
        assert 'resource_metadata="https://registry.example.com' in challenge
        assert "error=" not in challenge, "no token is not a wrong token (RFC 6750, section 3.1)"
    assert client.head(path).status_code == 401


@pytest.mark.parametrize("path", [f"/{ARD}/search", f"/{ARD}/explore", f"/{ARD.replace('/', '//')}/search"])  # fmt: skip
def test_a_search_by_post_is_a_read(client: httpx.Client, issuer: Issuer, path: str) -> None:
    query = {"query": {"text": "weather"}}
    assert client.post(path, json=query).status_code == 401
    headers = {"Authorization": f"Bearer {issuer.token(**GOOD)}"}
    assert client.post(f"/{ARD}/search", json=query, headers=headers).status_code == 200


def test_a_refusal_reaches_who_is_still_sending(client: httpx.Client) -> None:
    """The connection is good for the next request, too: it was not closed under the client."""
    base, body = client.base_url, b'{"query": {"text": "weather"}}'
    head = (
        f"POST /{ARD}/search HTTP/1.1\r\nHost: {base.host}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((base.host, base.port or 80), timeout=PATIENCE) as sent:
        for _ in range(2):
            sent.sendall(head.encode())
            time.sleep(0.3)  # a refusal that does not wait for the body is here by now
            sent.sendall(body)
            answer = http.client.HTTPResponse(sent)
            answer.begin()
            assert answer.status == 401
            answer.read()


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"exp": 1}, 401, "invalid_token"),
        ({"aud": "https://other.example.com"}, 401, "invalid_token"),
        ({"iss": "https://login.example.net"}, 401, "invalid_token"),
        ({"scope": "openid"}, 403, "insufficient_scope"),
        ({"groups": ["sales"]}, 403, "insufficient_scope"),
        ({"groups": None}, 403, "insufficient_scope"),
        ({"exp": None}, 401, "invalid_token"),
        ({"exp": "tomorrow"}, 401, "invalid_token"),
        ({"nbf": 4_000_000_000}, 401, "invalid_token"),
        ({"aud": None}, 401, "invalid_token"),
        ({"aud": [BASE, "other"], "azp": "other"}, 401, "invalid_token"),
        ({"sub": None}, 401, "invalid_token"),
    ],
)
def test_a_token_that_does_not_do_is_said_in_the_challenge(
    client: httpx.Client, issuer: Issuer, changed: dict[str, Any], status: int, error: str
) -> None:
    answer = read(client, issuer.token(**{**GOOD, **changed}))
    assert answer.status_code == status
    assert f'error="{error}"' in answer.headers["WWW-Authenticate"]
    assert 'scope="mcp-registry:read"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("algorithm", oidc.ALGORITHMS)
def test_every_signature_that_is_accepted(
    client: httpx.Client, issuer: Issuer, algorithm: str
) -> None:
    key = next(key for key in KEYS if key.kid == KEY_OF.get(algorithm, "first"))
    assert read(client, issuer.token(key, algorithm, **GOOD)).status_code == 200
    forged = issuer.token(key, algorithm, **{**GOOD, "aud": "x"}).split(".")
    good = issuer.token(key, algorithm, **GOOD).split(".")
    assert read(client, ".".join([*good[:2], forged[2]])).status_code == 401


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
    assert client.get(f"{str(client.base_url).removesuffix('/mcp/')}{path}").json() == {
        "resource": BASE,
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["mcp-registry:read"],
    }


def test_a_browsers_preflight_needs_no_token(client: httpx.Client) -> None:
    answer = client.options(SERVER)
    assert answer.status_code == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Issuer, Path]]:
    """An issuer with one key, and a registry that is read with its tokens."""
    with issuing(keys=[rsa("first")]) as one:
        yield one, made(tmp_path_factory.mktemp("lone"), one, "files")


@pytest.mark.parametrize("host", ["serve", "worker"])
def test_an_issuer_that_is_away_lets_nobody_in(
    host: str, lone: tuple[Issuer, Path], tmp_path: Path
) -> None:
    away, www = lone
    away.server.requests.clear()
    away.answers[DISCOVERY] = Reply(status=500)
    with started(host, www, tmp_path) as client:
        for _ in range(3):
            answer = read(client, away.token(**GOOD))
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    away.answers.clear()
    assert away.server.targets == [DISCOVERY], "it is not asked again at once"


@pytest.mark.parametrize("host", ["serve", "worker"])
def test_keys_are_kept_and_a_made_up_key_id_asks_for_no_others_at_once(
    host: str, lone: tuple[Issuer, Path], tmp_path: Path
) -> None:
    issuer, www = lone
    issuer.server.requests.clear()
    with started(host, www, tmp_path) as client:
        for number in range(3):
            assert read(client, issuer.token(**GOOD, jti=str(number))).status_code == 200
        assert read(client, issuer.token(rsa("second"), **GOOD)).status_code == 401
    assert issuer.asked_for_keys == 1


def test_the_command_has_the_login_also_without_a_repository(
    www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = []

    def ask(server: Any, sockets: Any) -> None:
        with listening(server.config.app) as url:
            statuses.append(
                httpx.get(f"{url}/v0.1/servers", trust_env=False, timeout=PATIENCE).status_code
            )

    monkeypatch.setattr("builder.serve.server.run", ask)
    site, root = www / "mcp", www.parent / "registry"
    assert cli.run(["serve", "--site", str(site), "--port", "0"]) == 0
    assert cli.run(["serve", "--root", str(root), "--port", "0", "--jobs", "1"]) == 0
    assert cli.run(["serve", "--site", str(site), "--plain", "--port", "0"]) == 0
    assert statuses == [401, 401, 401]


def test_a_host_that_checks_no_login_is_refused() -> None:
    settings = SETTINGS.format(issuer="https://login.example.com", form="auto")
    with pytest.raises(ConfigError, match="GitHub Pages checks no login"):
        config.parse(
            (CONFIG + settings.replace("[cloudflare]", "[cloudflare, github-pages]")).encode()
        )
    with pytest.raises(ConfigError, match="GitHub Pages checks no login"):
        config.parse((CONFIG + settings.replace("hosts: [cloudflare]\n", "")).encode())
