"""Logins: each proof of the official API, what it grants, and what does not pass for one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from builder.net.network import Network
from tests.ownership.issuer import GITHUB_CLAIMS, rsa
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import Signer
from tests.publish.credentials import oidc_token, signed_now
from tests.publish.running import Desk, Surroundings
from tests.registry import entry

DAY = 24 * 3600


@dataclass
class Domains:
    """A registry that asks a DNS server of ours about domains."""

    desk: Desk
    zone: Zone


@pytest.fixture(scope="module")
def domains(around: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domains]:
    zone = Zone()
    folder = tmp_path_factory.mktemp("domains")
    with (
        dns_server(zone) as resolver,
        around.running(folder, network=Network(resolver=resolver)) as desk,
    ):
        yield Domains(desk, zone)


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsap384"])
def test_a_domain_publishes_by_its_key(domains: Domains, algorithm: str) -> None:
    desk, signer, domain = domains.desk, Signer(algorithm), f"{algorithm}.example.org"
    domains.zone.txt(domain, "v=spf1 -all", Signer().record, signer.record)
    proof = signed_now(signer, domain)
    token = desk.token("dns", **proof)
    space = f"org.example.{algorithm}"
    for name in (f"{space}/tool", f"{space}.team/tool"):
        assert desk.publish(entry(name, "1.0.0"), token).status_code == 200
        assert signer.pin["public"] in desk.file(f"servers/{name.partition('/')[0]}/namespace.yaml")
    assert desk.publish(entry("org.example.other/tool", "1.0.0"), token).status_code == 403
    # What was signed is good once, though it says neither where nor for what it is.
    again = desk.log_in("dns", **proof)
    assert (again.status_code, "used before" in again.json()["detail"]) == (401, True)


def test_signatures_that_prove_nothing(domains: Domains) -> None:
    desk, signer = domains.desk, Signer()
    domains.zone.txt("example.org", signer.record)
    good = signed_now(signer)
    wrong = [
        (signed_now(Signer()), "no key that"),
        (signed_now(signer, seconds=-60), "more than 15 seconds"),
        (signed_now(signer, seconds=60), "more than 15 seconds"),
        ({**good, "signed_timestamp": "xyz"}, "hex"),
        ({**good, "signed_timestamp": ""}, "no key that"),
        ({**good, "timestamp": "now"}, "RFC 3339"),
        ({**good, "domain": "localhost"}, "not a domain"),
        ({**good, "domain": "127.0.0.1"}, "not a domain"),
        ({**good, "domain": "unknown.example.org"}, "no key that"),
    ]
    for proof, word in wrong:
        answer = desk.log_in("dns", **proof)
        assert answer.status_code == 401, answer.text
        assert word in answer.json()["detail"]


def test_a_resolver_that_is_away_is_no_refusal(domains: Domains) -> None:
    domains.zone.broken.add("broken.example.org")
    answer = domains.desk.log_in("dns", **signed_now(Signer(), "broken.example.org"))
    assert answer.status_code == 502


def test_a_domain_that_was_sold(domains: Domains) -> None:
    """The key that the namespace pins is no longer published: its holder publishes nothing more."""
    desk, old, new = domains.desk, Signer(), Signer()
    domains.zone.txt("sold.example.org", old.record)
    token = desk.token("dns", **signed_now(old, "sold.example.org"))
    assert desk.publish(entry("org.example.sold/tool", "1.0.0"), token).status_code == 200
    domains.zone.txt("sold-later.example.org", new.record)
    stranger = desk.token("dns", **signed_now(new, "sold-later.example.org"))
    answer = desk.publish(entry("org.example.sold/tool", "1.1.0"), stranger)
    assert answer.status_code == 403


@pytest.mark.parametrize("short", ["r", "s"])
def test_a_signature_without_the_zeros_that_it_begins_with(domains: Domains, short: str) -> None:
    """The official program leaves them out: one of 128 of its logins with ecdsap384 is so."""
    desk, signer, domain = domains.desk, Signer("ecdsap384"), f"{short}.zeros.example.org"
    domains.zone.txt(domain, signer.record)
    half = slice(0, 96) if short == "r" else slice(96, 192)
    while not (proof := signed_now(signer, domain))["signed_timestamp"][half].startswith("00"):
        pass
    whole = proof["signed_timestamp"]
    left, right = (re.sub(r"^(?:00)+", "", part) for part in (whole[:96], whole[96:]))
    assert len(left + right) < 192
    # Shorter by what is no zero, it is none.
    cut = {**proof, "signed_timestamp": (left + right)[2:]}
    assert desk.log_in("dns", **cut).status_code == 401
    assert desk.log_in("dns", **{**proof, "signed_timestamp": left + right}).status_code == 200


# Runs of CI: a token of OpenID Connect, for this registry alone.


def test_a_release_workflow_publishes_without_a_secret(desk: Desk) -> None:
    token = desk.token("github-oidc", oidc_token=oidc_token(desk))
    published = desk.publish(entry("io.github.alice/weather", "1.0.0"), token)
    assert published.status_code == 200
    assert "id: 583231" in desk.file("servers/io.github.alice/namespace.yaml")
    run = published.json()["_meta"]["com.example.registry/proof"]["run"]
    assert run["repository"] == GITHUB_CLAIMS["repository"] and "log-index" not in run
    assert run["repository-id"] == int(GITHUB_CLAIMS["repository_id"])
    assert (
        desk.get("/v0/servers/io.github.alice%2Fweather/versions/1.0.0").json() == published.json()
    )
    # The login was registered again by somebody else, whose workflow has every name right.
    other = desk.token("github-oidc", oidc_token=oidc_token(desk, repository_owner_id="999"))
    assert desk.publish(entry("io.github.alice/weather", "1.1.0"), other).status_code == 403
    shown = desk.registry.git(
        "log", "-1", "--format=%(trailers:key=Proof,valueonly,separator=%x20)", "main"
    )
    assert shown == "github-oidc"


NOW = int(time.time())


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"aud": "https://other.example.com"}, "(aud)"),
        ({"exp": NOW - DAY}, "expired"),
        ({"exp": None}, "(exp)"),
        ({"nbf": NOW + DAY}, "(nbf)"),
        ({"iss": "https://evil.example"}, "issued by"),
        ({"sub": ""}, "(sub)"),
        ({"event_name": "pull_request_target"}, "pull_request_target"),
        ({"repository_owner_id": None}, "repository_owner_id"),
    ],
)
def test_tokens_wrong_in_a_claim(domains: Domains, changed: dict[str, Any], word: str) -> None:
    answer = domains.desk.log_in("github-oidc", oidc_token=oidc_token(domains.desk, **changed))
    assert answer.status_code == 401
    assert word in answer.json()["detail"]
    assert "https://registry.example.com (aud)" in answer.json()["detail"]


def test_a_token_of_ci_is_used_once_and_signed_by_its_issuer(domains: Domains) -> None:
    desk = domains.desk
    token = oidc_token(desk)
    assert desk.log_in("github-oidc", oidc_token=token).status_code == 200
    assert "used before" in desk.log_in("github-oidc", oidc_token=token).json()["detail"]
    forged = desk.issuer.token(rsa("first"), **GITHUB_CLAIMS)
    assert desk.log_in("github-oidc", oidc_token=forged).status_code == 401


# Other issuers, by the rules of registry.yaml.


def test_other_issuers_by_rules(desk: Desk) -> None:
    def token(**claims: Any) -> str:
        return desk.issuer.token(aud="registry-client", **claims)

    staff = desk.token("oidc", oidc_token=token(hd="example.com", email="eve@example.com"))
    assert desk.publish(entry("com.example/tool", "1.0.0"), staff).status_code == 200
    refused = desk.publish(entry("com.example.team/tool", "1.0.0"), staff)
    assert refused.status_code == 403
    # An address that somebody typed into a form is not theirs.
    eve = {"email": "eve@example.net"}
    for said in ({}, {"email_verified": False}, {"email_verified": "false"}):
        answer = desk.log_in("oidc", oidc_token=token(**eve, **said))
        assert (answer.status_code, "(email_verified)" in answer.text) == (401, True)
    assert desk.log_in("oidc", oidc_token=token(**eve, email_verified=True)).status_code == 200
    for claims in ({"hd": "example.org"}, {"hd": ["x"]}, {}, {"groups": ["operators-of-others"]}):
        assert desk.log_in("oidc", oidc_token=token(**claims)).status_code == 401
    assert desk.log_in("oidc", oidc_token="e30.e30.e30").status_code == 401
    edited = entry("com.example/tool", "1.0.0", description="Corrected.")
    assert desk.put(edited, staff).status_code == 403
    operator = desk.token("oidc", oidc_token=token(groups=["x", "operators"]))
    assert desk.put(edited, operator).json()["server"] == edited


def test_what_somebody_calls_themselves_does_not_hide_who_it_is(desk: Desk) -> None:
    for name in ("carol@example.com (42)" + " " * 100, "x" * 300, "a) (b"):
        claims: dict[str, Any] = {"groups": ["operators"], "sub": "mallory-7"}
        claims["preferred_username"] = name
        token = desk.issuer.token(aud="registry-client", **claims)
        assert desk.log_in("oidc", oidc_token=token).status_code == 200
        said = desk.decisions[-1]["subject"]
        assert said.endswith(" (mallory-7)") and said.count("(") == said.count(")") == 1


def test_logins_that_are_closed_and_bodies_that_are_none(desk: Desk) -> None:
    for method in ("none", "facebook", "github_at"):
        assert desk.log_in(method).status_code == 404
    url = f"{desk.url}/v0/auth/github-at"
    for body, status in (
        (b"{", 400), (b"[]", 422), (b"{}", 422), (b'{"github_token": 7}', 422),
        (b'{"github_token": "x", "more": 1}', 422), (b'{"github_token": "a b"}', 401),
        (b'{"github_token": ""}', 401),
    ):  # fmt: skip
        assert desk.client.post(url, content=body).status_code == status


def test_anybody_where_that_is_allowed(around: Surroundings, tmp_path: Path) -> None:
    with around.running(tmp_path, anonymous=True) as desk:
        token = desk.token("none", **{"$schema": "x"})
        name = "io.modelcontextprotocol.anonymous/tool"
        # The namespace never gets an owner: what is granted stays granted.
        for server, version in ((name, "1.0.0"), (name, "1.0.1"), (f"{name}-2", "1.0.0")):
            answer = desk.publish(entry(server, version), token)
            assert answer.status_code == 200, answer.text
        assert desk.publish(entry("io.github.alice/tool", "1.0.0"), token).status_code == 403


def test_limits_of_requests(around: Surroundings, tmp_path: Path) -> None:
    with around.running(tmp_path, limits={"per_subject": 2, "per_address": 9}) as desk:
        token = desk.token()
        statuses = [
            desk.publish(entry("io.github.alice/a" + str(at), "1.0.0"), token).status_code
            for at in range(3)
        ]
        assert statuses == [200, 200, 429]
        waits = [desk.client.post(f"{desk.url}/v0/validate", json={}) for _ in range(8)]
        assert waits[-1].status_code == 429 and int(waits[-1].headers["Retry-After"]) > 0
        assert desk.get("/v0/health").status_code == 200  # reading is not counted


# The registry's own tokens, and the keys that sign them.
