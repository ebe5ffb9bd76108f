"""What a registry that is slow, broken or hostile can do to the one who asks: nothing."""

from __future__ import annotations

import gzip
import json
import threading

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from builder.model.finding import Severity
from builder.model.layout import place
from builder.package_proof import verify_entries, verify_packages
from builder.rules.engine.subject import Entry
from tests.local_server import Reply, Request, as_json, routes, serving
from tests.package_proof.asking import NAME, PATH, ask, codes, settings
from tests.patience import PATIENCE

PACKAGE = {"registryType": "npm", "identifier": "weather", "version": "1.0.0"}
OWNED = as_json({"mcpName": NAME})
UNVERIFIED = ["package-unverified"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_busy_registry_is_asked_again(status: int) -> None:
    with serving(routes({"/weather/1.0.0": [Reply(status=status), Reply(status=status), OWNED]})) as server:  # fmt: skip
        assert ask(PACKAGE, {"npm": server.url}) == []
        assert len(server.requests) == 3


def test_retry_after_is_kept() -> None:
    busy = Reply(status=429, headers={"Retry-After": "0"})
    with serving(routes({"/weather/1.0.0": [busy, OWNED]})) as server:
        assert ask(PACKAGE, {"npm": server.url}) == []


def test_retry_after_too_long_is_not_waited_for() -> None:
    busy = Reply(status=429, headers={"Retry-After": "3600"})
    with serving(routes({"/weather/1.0.0": busy})) as server:
        (found,) = ask(PACKAGE, {"npm": server.url})
        assert (found.rule, found.severity) == ("package-unverified", Severity.REVIEW)
        assert "429" in found.message
        assert len(server.requests) == 1


def test_registry_that_stays_away_is_for_review() -> None:
    with serving(routes({"/weather/1.0.0": Reply(status=503)})) as server:
        url = server.url
        assert codes(ask(PACKAGE, {"npm": url})) == UNVERIFIED
        assert len(server.requests) == 3
    assert codes(ask(PACKAGE, {"npm": url})) == UNVERIFIED  # now nobody listens


def test_slow_answer_is_not_waited_for() -> None:
    given_up = threading.Event()
    slow = Reply(before=lambda: given_up.wait(PATIENCE))
    with serving(routes({"/weather/1.0.0": [slow, OWNED]})) as server:
        assert ask(PACKAGE, {"npm": server.url}, seconds=1.0) == []
        given_up.set()


def test_dripping_answer_is_cut_off(dripping: str) -> None:
    # All that it has to send would take it half a day.
    assert codes(ask(PACKAGE, {"npm": dripping}, seconds=0.2)) == UNVERIFIED


@pytest.fixture
def dripping() -> object:
    """A server that sends a byte now and then, never pausing long enough to be a time-out."""
    import socket
    import threading

    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                    while not stop.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    continue

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop.set()
    listener.close()
    thread.join(1)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip-bomb"])
def test_huge_answer_is_cut_off(packed: bool) -> None:
    body = b" " * 20_000_000
    reply = Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}) if packed else Reply(body)  # fmt: skip
    with serving(routes({"/weather/1.0.0": reply})) as server:
        (found,) = ask(PACKAGE, {"npm": server.url}, max_bytes=1_000_000)
        assert "more than 1,000,000 bytes" in found.message
        assert len(server.requests) == 1


def test_broken_compression() -> None:
    reply = Reply(b"nonsense", headers={"Content-Encoding": "gzip"})
    with serving(routes({"/weather/1.0.0": reply})) as server:
        assert codes(ask(PACKAGE, {"npm": server.url})) == UNVERIFIED


def redirect(location: str) -> Reply:
    return Reply(status=302, headers={"Location": location})


def test_redirect_is_followed() -> None:
    with serving(routes({"/weather/1.0.0": redirect("/other"), "/other": OWNED})) as server:
        assert ask(PACKAGE, {"npm": server.url}) == []


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/",
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.2]/",
        "http://0/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "http://[/",
    ],
)
def test_redirect_to_a_private_address_is_refused(location: str) -> None:
    with serving(routes({"/weather/1.0.0": redirect(location)})) as server:
        assert codes(ask(PACKAGE, {"npm": server.url})) == UNVERIFIED
        assert {request.target for request in server.requests} == {"/weather/1.0.0"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433"])
def test_private_address_is_not_connected_to(host: str) -> None:
    with serving(routes({"/weather/1.0.0": OWNED})) as server:
        url = server.url.replace("127.0.0.1", host)
        (found,) = ask(PACKAGE, {"npm": url}, reachable=())
        assert "which is not a public one" in found.message
        assert server.requests == []


def test_endless_redirects() -> None:
    with serving(routes({"/weather/1.0.0": redirect("/weather/1.0.0")})) as server:
        assert codes(ask(PACKAGE, {"npm": server.url})) == UNVERIFIED
        assert len(server.requests) == 6


def test_user_agent_says_who_asks() -> None:
    with serving(routes({"/weather/1.0.0": OWNED})) as server:
        ask(PACKAGE, {"npm": server.url})
        assert server.requests[0].headers["User-Agent"].startswith("mcp-registry/")


def test_every_package_is_asked_about() -> None:
    document = {"name": NAME, "packages": [PACKAGE, "junk", {**PACKAGE, "version": "2.0.0"}]}
    with serving(routes({"/weather/1.0.0": OWNED})) as server:
        found = verify_packages(document, PATH, settings({"npm": server.url}))
    assert [(one.rule, one.path, one.pointer) for one in found] == [
        ("package-not-found", PATH, "/packages/2/identifier")
    ]


def test_entries_are_asked_about_at_once_and_reported_in_order_with_lines() -> None:
    meeting = threading.Barrier(4, timeout=PATIENCE)

    def answer(request: Request) -> Reply:
        return Reply(status=404, before=meeting.wait)

    entries = [
        Entry(path, place(path), json.dumps(document, indent=1).encode(), mirrored)
        for version, mirrored in (
            ("1", False),
            ("2", True),
            ("3", False),
            ("4", False),
            ("5", False),
        )
        for path in [f"servers/{NAME}/{version}.json"]
        for document in [{"name": NAME, "packages": [{**PACKAGE, "version": version}]}]
    ]
    with serving(answer) as server:
        found = verify_entries(entries, settings({"npm": server.url}))
    assert [(one.path[-6], one.line, one.column) for one in found] == [
        (version, 6, 18) for version in "1345"
    ]


@pytest.mark.parametrize("packages", [None, {}, "npm", [None, 1, []]])
def test_document_without_packages(packages: object) -> None:
    assert verify_packages({"name": NAME, "packages": packages}, PATH, settings({})) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("registryType", "identifier", "version", "registryBaseUrl", "fileSha256")
TEXT = st.text(max_size=12) | st.sampled_from(["..", "a/b", "ghcr.io/a/b", "@a/b", "a?b#c", "%00"])
KINDS = st.sampled_from(["npm", "pypi", "nuget", "cargo", "oci"])


@pytest.fixture(scope="module")
def strange() -> object:
    """A server whose answers are whatever the test last put into its folder of one."""
    held: list[Reply] = [Reply()]
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return held[0]

    with serving(answer) as server:
        yield server, held, asked


@settings_of_hypothesis(max_examples=60, deadline=None)
@given(kind=KINDS, package=st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, TEXT)), answer=JSON)  # fmt: skip
def test_whatever_is_asked_and_answered_there_are_findings(
    strange: tuple[object, list[Reply], list[Request]],
    kind: str,
    package: dict[str, str],
    answer: object,
) -> None:
    server, held, asked = strange
    asked.clear()
    held[0] = as_json(answer)
    url = server.url  # type: ignore[attr-defined]
    hosts = ("ghcr.io", "registry-1.docker.io")
    bases = {kind: url, "cargo-files": url, **{f"oci:{host}": url for host in hosts}}
    found = ask({"identifier": "a", "version": "1", **package, "registryType": kind}, bases)
    assert found or not asked  # nobody is asked about a package that rules refuse
    assert all(one.message and one.help for one in found)


def test_token_is_not_sent_to_another_host() -> None:
    seen: list[Request] = []

    def elsewhere(request: Request) -> Reply:
        seen.append(request)
        return Reply(status=404)

    with serving(elsewhere) as other:

        def answer(request: Request) -> Reply:
            if request.path == "/token":
                return as_json({"access_token": "secret"})
            if "Authorization" in request.headers:
                return redirect(f"{other.url}/blob")
            realm = f'Bearer realm="http://{request.headers["Host"]}/token"'
            return Reply(status=401, headers={"WWW-Authenticate": realm})

        with serving(answer) as server:
            package = {"registryType": "oci", "identifier": "ghcr.io/acme/weather:1"}
            assert codes(ask(package, {"oci:ghcr.io": server.url})) == ["package-not-found"]
    assert [request.headers.get("Authorization") for request in seen] == [None]
