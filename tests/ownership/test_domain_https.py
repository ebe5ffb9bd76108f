"""A domain proves its namespace by a file at its web server, which really runs."""

from __future__ import annotations

import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from builder.model.errors import RegistryError
from builder.net.addresses import is_public
from builder.net.network import Network
from builder.ownership import well_known
from tests.ownership.domains import ALGORITHMS, first
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import ACCEPT, MALLORYS, REJECT, REVIEW, Signer, World, said
from tests.patience import free_port
from tests.registry import Registry


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_domain_publishes_its_key_by_https(
    registry: Registry, web: Network, site: Site, algorithm: str
) -> None:
    signer = Signer(algorithm)
    site.answer = body(f"{signer.record}\n")
    judgement = World(registry, web).judge(first(signer, proof="http"), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert site.requests == [("example.com", "/.well-known/mcp-registry-auth")]


def test_https_covers_exactly_its_domain(
    registry: Registry, web: Network, site: Site, signer: Signer
) -> None:
    site.answer = lambda request: body(
        signer.record, 200 if request.headers["Host"] == "example.com" else 404
    )(request)
    world = World(registry, web)
    assert world.judge(first(signer, proof="http")).verdict is ACCEPT
    assert world.judge(first(signer, "com.example.api", proof="http")).verdict is REJECT


def drip(request: BaseHTTPRequestHandler) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
        request.wfile.write(bytes([byte]))
        time.sleep(0.1)


def test_a_slow_server_is_given_up_after_one_deadline(
    registry: Registry, web: Network, site: Site, signer: Signer
) -> None:
    site.answer = drip
    judgement = World(registry, replace(web, http_seconds=1.0)).judge(first(signer, proof="http"))
    assert judgement.verdict is REVIEW
    assert "took longer than 1 seconds" in said(judgement)


@pytest.mark.parametrize(
    ("status", "headers", "padding"),
    [
        (404, {}, 0),
        (301, {"Location": "https://example.com/elsewhere"}, 0),
        (500, {}, 0),
        (204, {}, 0),
        (200, {}, 4096),
        (200, {"Content-Encoding": "gzip"}, -1),
    ],
    ids=["missing", "redirect", "error", "no content", "too large", "compressed"],
)
def test_only_a_small_plain_answer_counts(
    registry: Registry,
    web: Network,
    site: Site,
    signer: Signer,
    status: int,
    headers: dict[str, str],
    padding: int,
) -> None:
    text = "\x1f\x8b" if padding < 0 else signer.record + " " * padding
    site.answer = body("" if status == 204 else text, status, headers)
    judgement = World(registry, web).judge(first(signer, proof="http"))
    assert judgement.verdict is not ACCEPT
    assert len(site.requests) == 1


def test_the_largest_answer_is_4096_bytes(web: Network, site: Site, signer: Signer) -> None:
    for size, found in ((4096, 1), (4097, 0)):
        site.answer = body(signer.record.ljust(size))
        assert len(well_known.keys("example.com", web)) == found


def test_a_certificate_for_another_name_is_refused(
    zone: Zone, network: Network, site: Site
) -> None:
    zone.records["other.example"] = {"A": ["127.0.0.1"]}
    with pytest.raises(RegistryError, match="certificate"):
        well_known.keys("other.example", replace(network, https_port=site.port))


def test_a_certificate_of_an_unknown_authority_is_refused(web: Network) -> None:
    with pytest.raises(RegistryError, match="certificate"):
        well_known.keys("example.com", replace(web, trust_root=None))


def test_a_host_that_is_down_is_a_question(
    registry: Registry, web: Network, signer: Signer
) -> None:
    network = replace(web, https_port=free_port())
    assert World(registry, network).judge(first(signer, proof="http")).verdict is REVIEW


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_addresses_inside_are_refused(web: Network, zone: Zone, site: Site, address: str) -> None:
    kind = "AAAA" if ":" in address else "A"
    # Beside a public address too: which one is connected to would be the stranger's choice.
    public = {"A": ["93.184.215.14"], "AAAA": ["2606:2800:21f:cb07::1"]}
    zone.records["example.com"] = {**public, kind: [*public[kind], address]}
    with pytest.raises(RegistryError, match=r"has the address .*, which is not a public one"):
        well_known.keys("example.com", replace(web, allow_private=False))
    assert site.requests == []


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1"])
def test_public_addresses_are_not_refused(address: str) -> None:
    assert is_public(address)
