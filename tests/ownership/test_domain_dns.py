"""A domain proves its namespace by a key in its DNS, asked of a DNS server that really runs."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from builder.model.errors import RegistryError, RemoteError
from builder.net.network import Network
from builder.ownership import dns_record, well_known
from builder.ownership.proposer import NOBODY
from tests.ownership.domains import ALGORITHMS, first
from tests.ownership.servers import Zone
from tests.ownership.world import ACCEPT, MALLORYS, REJECT, REVIEW, Signer, World, said


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_domain_publishes_its_key_by_dns(free: World, zone: Zone, algorithm: str) -> None:
    signer = Signer(algorithm)
    zone.txt("example.com", signer.record)
    judgement = free.judge(first(signer), MALLORYS)
    assert judgement.verdict is ACCEPT, said(judgement)
    assert "a key published by example.com (DNS)" in judgement.reason


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
