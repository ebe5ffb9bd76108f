"""Proofs by domains, against a DNS server and an HTTPS server that really run."""

from __future__ import annotations

import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model import domain
from builder.model.errors import RegistryError, RemoteError
from builder.net.addresses import is_public
from builder.net.network import Network
from builder.ownership import dns_record, well_known
from builder.ownership.proposer import NOBODY
from tests.ownership.events import ALICE
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Files,
    Signer,
    World,
    owners_file,
    rules,
    said,
    weather,
)
from tests.patience import free_port
from tests.registry import Registry, entry_file

ALGORITHMS = ("ed25519", "ecdsap384")


def first(signer: Signer, namespace: str = "com.example", proof: str = "dns") -> Files:
    """The first publication into a domain's namespace, signed, with its namespace.yaml."""
    owner = owners_file(namespace, keys=[signer.pin], proof=proof)
    return {**signer.sign(weather(namespace)), **owner}


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def free(registry: Registry, network: Network) -> World:
    """A registry in which com.example is free, and a network with our DNS server."""
    return World(registry, network)


@pytest.fixture
def pinned(free: World, signer: Signer, zone: Zone) -> World:
    """A registry in which com.example belongs to the signer's key, which the domain publishes."""
    zone.txt("example.com", signer.record)
    free.land(first(signer))
    return free


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_domain_publishes_its_key_by_dns(free: World, zone: Zone, algorithm: str) -> None:
    signer = Signer(algorithm)
    zone.txt("example.com", signer.record)
    judgement = free.judge(first(signer), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "a key published by example.com (DNS)" in judgement.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_domain_publishes_its_key_by_https(
    registry: Registry, web: Network, site: Site, algorithm: str
) -> None:
    signer = Signer(algorithm)
    site.answer = body(f"{signer.record}\n")
    judgement = World(registry, web).judge(first(signer, proof="http"), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert site.requests == [("example.com", "/.well-known/mcp-registry-auth")]


def test_dns_at_the_apex_covers_sub_domains(free: World, zone: Zone, signer: Signer) -> None:
    zone.txt("example.com", signer.record)
    assert free.judge(first(signer, "com.example.api.eu")).verdict is ACCEPT


def test_dns_at_a_sub_domain_does_not_cover_its_parent(
    free: World, zone: Zone, signer: Signer
) -> None:
    zone.txt("api.example.com", signer.record)
    assert free.judge(first(signer)).verdict is REJECT
    assert free.judge(first(signer, "com.example.api")).verdict is ACCEPT


def test_a_top_level_domain_proves_nothing(free: World, zone: Zone, signer: Signer) -> None:
    zone.txt("com", signer.record)
    assert free.judge(first(signer)).verdict is REJECT
    assert ("com", "TXT") not in zone.queries


def test_https_covers_exactly_its_domain(
    registry: Registry, web: Network, site: Site, signer: Signer
) -> None:
    site.answer = lambda request: body(
        signer.record, 200 if request.headers["Host"] == "example.com" else 404
    )(request)
    world = World(registry, web)
    assert world.judge(first(signer, proof="http")).verdict is ACCEPT
    assert world.judge(first(signer, "com.example.api", proof="http")).verdict is REJECT


def test_the_right_one_of_several_records_is_found(free: World, zone: Zone, signer: Signer) -> None:
    others = [Signer().record, "v=spf1 -all", "v=MCPv1; k=rsa; p=AAAA", "é\\000"]
    zone.txt("example.com", *others[:3], f"note {signer.record}")
    assert free.judge(first(signer)).verdict is ACCEPT


def test_a_record_split_into_strings_is_joined(free: World, zone: Zone, signer: Signer) -> None:
    zone.txt("example.com", f"{'x' * 230} {signer.record}")
    assert free.judge(first(signer)).verdict is ACCEPT


def test_an_answer_too_long_for_udp_is_asked_for_again_by_tcp(
    free: World, zone: Zone, signer: Signer
) -> None:
    zone.txt("example.com", *(Signer().record for _ in range(20)), signer.record)
    assert free.judge(first(signer)).verdict is ACCEPT
    assert zone.queries.count(("example.com", "TXT")) == 2


def test_the_file_of_owners_must_pin_the_key_that_was_proved(
    free: World, zone: Zone, signer: Signer
) -> None:
    zone.txt("example.com", signer.record)
    for wrong in (
        {"keys": [Signer().pin], "proof": "dns"},
        {"keys": [signer.pin, Signer().pin], "proof": "dns"},
        {"keys": [signer.pin], "proof": "http"},
        {"keys": [signer.pin], "owners": [{"github": "mallory", "id": 666}], "proof": "dns"},
    ):
        change = {**first(signer), **owners_file("com.example", **wrong)}
        judgement = free.judge(change, MALLORYS)
        assert judgement.verdict is REJECT
        assert "namespace-file-mismatch" in rules(judgement)


def test_every_entry_of_the_change_must_be_signed(free: World, zone: Zone, signer: Signer) -> None:
    zone.txt("example.com", signer.record)
    judgement = free.judge({**first(signer), **entry_file("com.example/other")}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "servers/com.example/other/1.0.0.json is not signed" in said(judgement)


def test_a_pinned_key_that_is_still_published_is_enough(pinned: World, signer: Signer) -> None:
    judgement = pinned.judge(signer.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "a pinned key, still a key published by example.com (DNS)" in judgement.reason


def test_a_key_pinned_beside_accounts_needs_no_domain(world: World, signer: Signer) -> None:
    owner = {"github": "alice", "id": ALICE["id"]}
    world.land(owners_file("io.github.alice", owners=[owner], keys=[signer.pin], proof="github"))
    change = signer.sign(weather("io.github.alice", "1.1.0"))
    assert world.judge(change, MALLORYS).verdict is ACCEPT
    assert world.judge(Signer().sign(weather("io.github.alice", "1.1.0"))).verdict is not ACCEPT


def test_every_entry_of_a_change_must_be_signed_with_a_key_that_counts(
    free: World, pinned: World, zone: Zone, signer: Signer
) -> None:
    stranger = Signer()
    mixed = {
        **signer.sign(weather("com.example", "1.1.0")),
        **stranger.sign(weather("com.example", "1.2.0")),
    }
    assert pinned.judge(mixed, MALLORYS).verdict is REJECT
    zone.txt("example.net", signer.record)
    start = {
        **first(signer, "net.example"),
        **stranger.sign(weather("net.example", "1.1.0")),
    }
    assert free.judge(start, MALLORYS).verdict is REJECT


def test_a_key_pinned_beside_accounts_does_not_carry_another(world: World, signer: Signer) -> None:
    owner = {"github": "alice", "id": ALICE["id"]}
    world.land(owners_file("io.github.alice", owners=[owner], keys=[signer.pin], proof="github"))
    own = signer.sign(weather("io.github.alice", "1.1.0"))
    other = Signer().sign(weather("io.github.alice", "1.2.0"))
    assert world.judge(own, MALLORYS).verdict is ACCEPT
    assert world.judge({**own, **other}, MALLORYS).verdict is REJECT


def test_a_signature_speaks_for_the_entry_only(pinned: World, signer: Signer) -> None:
    status = {"servers/com.example/weather/status.yaml": '"*": {status: deleted}'}
    change = {**signer.sign(weather("com.example", "1.1.0")), **status}
    judgement = pinned.judge(change, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"unsigned-file"}
    assert pinned.judge(status, MALLORYS).verdict is REJECT


def test_a_signature_does_not_carry_a_change_of_owners(pinned: World, signer: Signer) -> None:
    owners = owners_file(
        "com.example",
        keys=[signer.pin],
        owners=[{"github": "mallory", "id": 666}],
        proof="dns",
    )
    change = {**signer.sign(weather("com.example", "1.1.0")), **owners}
    assert pinned.judge(change, MALLORYS).verdict is REVIEW


def test_an_owner_adds_accounts_to_a_domains_namespace(pinned: World, signer: Signer) -> None:
    pinned.land(
        owners_file(
            "com.example",
            keys=[signer.pin],
            owners=[{"github": "alice", "id": ALICE["id"]}],
            proof="dns",
        )
    )
    assert pinned.judge(weather("com.example", "1.1.0"), ALICES).verdict is ACCEPT
    assert pinned.judge(weather("com.example", "1.1.0"), MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "name",
    ["ALICE.github.io", "github.io"],
)
def test_a_github_pages_host_does_not_prove_the_accounts_namespace(
    free: World, zone: Zone, signer: Signer, name: str
) -> None:
    zone.txt(name.lower(), signer.record)
    namespace = ".".join(reversed(name.split(".")))
    judgement = free.judge(first(signer, namespace), NOBODY)
    assert judgement.verdict is not ACCEPT
    assert zone.queries == []


def test_an_alias_is_not_the_name_itself(free: World, zone: Zone, signer: Signer) -> None:
    zone.records["shop.example.com"] = {"CNAME": ["rented.hosting.example."]}
    zone.txt("rented.hosting.example", signer.record)
    assert free.judge(first(signer, "com.example.shop")).verdict is REJECT


@pytest.mark.parametrize("trouble", ["broken", "silent"])
def test_a_resolver_in_trouble_is_not_the_publishers_fault(
    free: World, web: Network, zone: Zone, signer: Signer, trouble: str
) -> None:
    getattr(zone, trouble).add("example.com")
    judgement = free.judge(first(signer), network=replace(web, dns_seconds=1.0))
    assert judgement.verdict is REVIEW
    assert "TXT records of example.com could not be read" in said(judgement)


def test_nothing_is_asked_when_no_time_is_left(
    free: World, zone: Zone, web: Network, signer: Signer
) -> None:
    zone.txt("example.com", signer.record)
    late = replace(web, until=time.monotonic())
    judgement = free.judge(first(signer), network=late)
    assert judgement.verdict is REVIEW
    assert "no time was left" in said(judgement)
    with pytest.raises(RemoteError):
        well_known.keys("example.com", late)


def test_a_missing_file_of_owners_is_told_with_the_key_even_before_it_is_published(
    free: World, signer: Signer
) -> None:
    judgement = free.judge(signer.sign(weather("com.example")))
    assert rules(judgement) == {"namespace-unproved", "namespace-file-missing"}
    assert f'public: "{signer.pin["public"]}"' in said(judgement)


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


labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


@given(parts=st.lists(labels, min_size=1, max_size=10))
def test_every_domain_asked_is_the_namespaces_own_or_a_parent(parts: list[str]) -> None:
    namespace = ".".join(parts)
    name = domain.domain_of(namespace)
    if name is None:
        return
    assert name.split(".") == parts[::-1]
    for asked in domain.lineage(name):
        assert name == asked or name.endswith(f".{asked}")
        assert "." in asked


@given(text=st.text(max_size=300))
def test_any_text_is_a_domain_or_none(text: str) -> None:
    name = domain.domain_of(text)
    assert name is None or (name.isascii() and 3 <= len(name) <= 253)


@pytest.mark.parametrize(
    "namespace",
    [
        "io.github.alice",
        "IO.GitHub.alice",
        "com",
        "1.0.0.127",
        "7.example",
        "com..example",
        "com.example-",
        "a.b.c.d.e.f.g.h.i",
    ],
)
def test_some_namespaces_have_no_domain(namespace: str) -> None:
    assert domain.domain_of(namespace) is None


@pytest.mark.parametrize("resolver", ["nonsense", "127.0.0.1:x", "[::1", "::1::"])
def test_a_wrong_resolver_is_the_users_to_fix(resolver: str) -> None:
    with pytest.raises(RegistryError, match="not the address of a DNS server"):
        dns_record.keys("example.com", Network(resolver=resolver))


def test_a_resolver_is_an_address_of_either_kind_with_or_without_port() -> None:
    for text, address, port in (
        ("9.9.9.9", "9.9.9.9", 53),
        ("9.9.9.9:54", "9.9.9.9", 54),
        ("2620:fe::fe", "2620:fe::fe", 53),
        ("[2620:fe::fe]", "2620:fe::fe", 53),
        ("[2620:fe::fe]:54", "2620:fe::fe", 54),
    ):
        made = Network(resolver=text).make_resolver()
        assert (made.nameservers, made.port) == ([address], port)
