"""Whose a request is behind proxies: what a trusted one says, and never what a client says."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builder.model.publish_settings import ProxySettings
from builder.publish.client_address import client_address
from tests.conformance.running import ROOT, nginx_with, running
from tests.patience import PATIENCE, free_port
from tests.publish.running import Surroundings

PROXY, CLIENT, LIE = "10.0.0.1", "203.0.113.9", "198.51.100.1"
OURS = ("10.0.0.0/8", "2001:db8:1::/48", "127.0.0.1")


def counted(peer: str, *lines: str, header: str = "X-Forwarded-For", other: str = "") -> str:
    settings = ProxySettings.model_validate({"networks": OURS, "header": header})
    sent = {header.lower(): list(lines)} | ({other.lower(): [LIE]} if other else {})
    return client_address(peer, lambda name: sent.get(name.lower(), []), settings)


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        (CLIENT, [LIE], CLIENT),  # who is no proxy says nothing that counts
        (PROXY, [], PROXY),
        (PROXY, [CLIENT], CLIENT),
        (PROXY, [f"{LIE}, {CLIENT}"], CLIENT),
        (PROXY, [LIE, CLIENT], CLIENT),  # a proxy that adds a line of its own
        (PROXY, [f"10.9.9.9, {CLIENT}"], CLIENT),  # a client who claims to be behind our proxies
        (PROXY, [f"{LIE}, {CLIENT}, 10.0.0.2,10.0.0.3"], CLIENT),
        (PROXY, ["10.0.0.7, 10.0.0.2"], "10.0.0.7"),  # nobody but our own
        (PROXY, [f"{LIE}, unknown"], PROXY),
        (PROXY, [f"{LIE}, {CLIENT}, "], PROXY),
        (PROXY, [f"{LIE}, <script>, 10.0.0.2"], "10.0.0.2"),
        (PROXY, [f'"{LIE}, {CLIENT}'], CLIENT),
        (PROXY, [f"{CLIENT}:4711"], CLIENT),
        (PROXY, ["[2001:db8:2::1]:4711"], "2001:db8:2::1"),
        (PROXY, ["2001:DB8:2:0::1"], "2001:db8:2::1"),
        (PROXY, [f"::ffff:{CLIENT}"], CLIENT),
        (f"::ffff:{PROXY}", [CLIENT], CLIENT),
        ("2001:db8:1::5", [CLIENT], CLIENT),
        ("2001:db8:2::5", [LIE], "2001:db8:2::5"),
        ("testclient", [LIE], "testclient"),
        ("", [LIE], ""),
    ],
)
def test_the_header_is_read_from_its_end(peer: str, lines: list[str], expected: str) -> None:
    assert counted(peer, *lines) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([f"for={CLIENT}"], CLIENT),
        ([f"for={LIE}, for={CLIENT};proto=https;by=10.0.0.1"], CLIENT),
        ([f"for={LIE}", f'proto=https; For="{CLIENT}:4711"'], CLIENT),
        (['for="[2001:db8:2::1]:4711"'], "2001:db8:2::1"),
        ([f'for="{LIE}, for={CLIENT}'], CLIENT),  # the client opens a quotation and leaves it open
        ([f'for="a, b";host=x, for={LIE}, for=_hidden'], PROXY),
        ([f"for={CLIENT}, for=10.0.0.2"], CLIENT),
        ([f"by={LIE}"], PROXY),
    ],
)
def test_the_standard_header(lines: list[str], expected: str) -> None:
    assert counted(PROXY, *lines, header="Forwarded") == expected


def test_the_other_header_is_a_client_s_word() -> None:
    assert counted(PROXY, CLIENT, other="Forwarded") == CLIENT
    assert counted(PROXY, f"for={CLIENT}", header="Forwarded", other="X-Forwarded-For") == CLIENT
    assert counted(PROXY, other="Forwarded") == PROXY


@given(st.text() | st.lists(st.sampled_from([LIE, PROXY, '"', ",", ";", "for=", "[", "%"])).map("".join))  # fmt: skip
def test_nothing_that_a_client_sends_moves_it(sent: str) -> None:
    """Our proxy writes the client behind whatever was sent, as nginx, Caddy and HAProxy do."""
    assert counted(PROXY, f"{sent}, {CLIENT}") == CLIENT
    assert counted(PROXY, sent, CLIENT) == CLIENT
    assert counted(PROXY, f"{sent}, for={CLIENT}", header="Forwarded") == CLIENT
    assert counted(CLIENT, sent) == CLIENT
    assert ip_address(counted(PROXY, sent))


@pytest.mark.parametrize("wrong", ["0.0.0.0/0", "::/0", "10.0.0.1/8", "proxy", "", "10.0.0.0/33"])
def test_networks_that_are_none_or_everybody(wrong: str) -> None:
    with pytest.raises(ValidationError):
        ProxySettings.model_validate({"networks": [wrong]})


def test_limits_and_log_know_the_client_behind_a_proxy(
    around: Surroundings, tmp_path: Path
) -> None:
    proxies = {"networks": ["127.0.0.1"]}
    with around.running(tmp_path, limits={"per_address": 2}, proxies=proxies) as desk:

        def asked(sent: str) -> int:
            headers = {"X-Forwarded-For": sent} if sent else {}
            return desk.client.post(f"{desk.url}/v0/validate", json={}, headers=headers).status_code

        assert [asked(f"192.0.2.{at}, {CLIENT}") for at in range(3)] == [422, 422, 429]
        assert asked("203.0.113.10") == 422, "another client has a limit of its own"
        assert [line["address"] for line in desk.decisions] == [CLIENT] * 3 + ["203.0.113.10"]
    with around.running(tmp_path / "direct", limits={"per_address": 2}) as desk:
        assert [asked(f"192.0.2.{at}") for at in range(3)] == [422, 422, 429]
        assert {line["address"] for line in desk.decisions} == {"127.0.0.1"}


PAGE = ROOT / "site/docs/operate/publish-api.md"


@pytest.mark.parametrize("program", ["nginx", "Caddy"])
def test_the_documented_proxies(around: Surroundings, tmp_path: Path, program: str) -> None:
    """A client at 127.0.0.2, who says to be another, behind the real program at 127.0.0.1."""
    before = "location / {" if program == "nginx" else "registry.example.org {"
    block = before + PAGE.read_text().partition(before)[2].partition("\n```")[0]
    own, port = tmp_path / "own", free_port()
    own.mkdir()
    with around.running(tmp_path / "it", proxies={"networks": ["127.0.0.1"]}) as desk:
        block = block.replace("http://127.0.0.1:8000", desk.url)
        block = block.replace("127.0.0.1:8000", desk.url.removeprefix("http://"))
        if program == "nginx":
            started = nginx_with(f"server {{ listen {port};\n{block}\n}}", port, own)
        else:
            here = block.replace("registry.example.org", f"http://127.0.0.1:{port}")
            (own / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https off\n}}\n{here}")
            words = ["caddy", "run", "--config", f"{own}/Caddyfile", "--adapter", "caddyfile"]
            started = running(words, port, HOME=str(own), XDG_DATA_HOME=str(own))
        transport = httpx.HTTPTransport(local_address="127.0.0.2")
        with started as url, httpx.Client(transport=transport, timeout=PATIENCE) as client:
            sent = {"X-Forwarded-For": f"{LIE}, 127.0.0.1", "Forwarded": f"for={LIE}"}
            answer = client.post(f"{url}//v0/validate", json={}, headers=sent)
            assert answer.status_code == 422
        assert [line["address"] for line in desk.decisions] == ["127.0.0.2"]
