"""What namespace.yaml and status.yaml say that was not proved, and owners that are not the owner."""

from __future__ import annotations

from typing import Any

import pytest

from builder.net.network import Network
from builder.ownership.account import ACTIONS_BOT, Account
from tests.ownership.events import ACME, ALICE, DEPENDABOT, MALLORY, account, claim
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import (
    ACCEPT,
    ACMES,
    ALICES,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    REVIEW,
    Files,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)

OWNER = {"github": "alice", "id": ALICE["id"]}
HERS = "servers/io.github.alice/namespace.yaml"
STATUS = "servers/io.github.alice/weather/status.yaml"
OPERATOR = claim(DEPENDABOT, None, own_branch=True)


def owners(*listed: Any, proof: str = "github", **more: Any) -> Files:
    return owners_file("io.github.alice", owners=list(listed), proof=proof, **more)


def test_an_owner_says_that_dns_proved_the_namespace_and_that_it_is_microsofts(
    world: World, network: Network
) -> None:
    world.land(MALLORYS_SERVER)
    false = {"github": "microsoft", "id": MALLORY["id"]}
    change = owners_file("io.github.mallory", owners=[false], proof="dns")
    judgement = world.judge(change, MALLORYS, network=network)
    assert judgement.verdict is REJECT
    assert {"namespace-proof-changed", "owner-unverified"} == rules(judgement)


@pytest.mark.parametrize("proof", ["dns", "http"])
def test_a_proof_is_changed_without_that_proof(world: World, network: Network, proof: str) -> None:
    for more in ({}, {"keys": [Signer().pin]}):
        judgement = world.judge(owners(OWNER, proof=proof, **more), ALICES, network=network)
        assert judgement.verdict is REJECT
        assert "namespace-proof-changed" in rules(judgement)


def test_a_domains_proof_is_changed_into_an_accounts(
    world: World, network: Network, zone: Zone
) -> None:
    # With proof github a pinned key would count after the domain is sold.
    signer = Signer()
    zone.txt("example.com", signer.record)
    pin = {"owners": [OWNER], "keys": [signer.pin]}
    world.land(owners_file("com.example", proof="dns", **pin))
    world.land(weather("com.example"))
    change = owners_file("com.example", proof="github", **pin)
    assert world.judge(change, ALICES, network=network).verdict is REJECT
    signed = signer.sign(change, counter=1)
    assert world.judge(signed, MALLORYS, network=network).verdict is REJECT
    no_key = owners_file("com.example", owners=[OWNER], proof="dns")
    assert world.judge(no_key, ALICES, network=network).verdict is REJECT


def test_a_proof_is_changed_by_that_proof(
    world: World, web: Network, zone: Zone, site: Site
) -> None:
    signer = Signer()
    zone.txt("example.com", signer.record)
    pin = {"owners": [OWNER], "keys": [signer.pin]}
    world.land(owners_file("com.example", proof="dns", **pin))
    world.land(weather("com.example"))
    change = owners_file("com.example", proof="http", **pin)
    assert world.judge(change, ALICES, network=web).verdict is REJECT
    site.answer = body(signer.record)
    assert world.judge(change, ALICES, network=web).verdict is ACCEPT


@pytest.mark.parametrize(
    "listed",
    [
        [{"github": "microsoft", "id": 583231}],
        [OWNER, {"github": "microsoft", "id": 666}],
        [OWNER, {"github": "alice", "id": 666}],
        [OWNER, {"github": "alice", "id": 583231, "host": "ghe.example.com"}],
        [OWNER, {"github": "Microsoft", "id": 583231}],
    ],
)
def test_a_login_that_nobody_compared_with_its_id(world: World, listed: Any) -> None:
    judgement = world.judge(owners(*listed), ALICES)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"owner-unverified"}


def test_an_owner_that_proposes_the_change_too_is_verified(world: World) -> None:
    both = owners(OWNER, {"github": "acme", "id": ACME["id"]})
    assert world.judge(both, claim(ALICE, ACME)).verdict is ACCEPT
    assert world.judge(both, ALICES).verdict is REVIEW
    assert world.judge(owners({"github": "ALICE", "id": 583231}), ALICES).verdict is ACCEPT


@pytest.mark.parametrize(
    "id",
    [
        *("583_231", "+583231", "583231.0", "0583231", "5.83231e5", "0x8e63f", '" 583231"'),
        *("'583231 '", "５８３２３１", "true", "-583231", "[583231]", "1" * 20, "583231\u200b"),
        *("~", "0"),
    ],
)
def test_an_id_is_written_in_digits_alone(world: World, id: str) -> None:
    text = f"owners: [{{github: alice, id: {id}}}]\nproof: github\n"
    first = World(world.registry).judge({**weather("io.github.bob"), HERS: text}, ALICES)
    assert first.verdict is REJECT
    judgement = world.judge({HERS: text}, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"invalid-sidecar"}


@pytest.mark.parametrize("host", ["GitHub.com", "github.com/", "https://github.com", "", "a b"])
def test_a_host_of_an_owner_is_a_host(world: World, host: str) -> None:
    judgement = world.judge(owners({**OWNER, "host": host}), ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"invalid-sidecar"}


def elsewhere(login: str, id: int, type: str = "User") -> Any:
    return account(login, id, type) | {"html_url": f"https://ghe.example.com/{login}"}


def test_accounts_of_another_github_server_prove_nothing_here(world: World) -> None:
    same_number, same_login = elsewhere("eve", ALICE["id"]), elsewhere("alice", 7)
    both = elsewhere("alice", ALICE["id"])
    for one in (same_number, same_login, both):
        judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(one, one))
        assert judgement.verdict is REJECT
    mallory = elsewhere("mallory", MALLORY["id"])
    judgement = world.judge(MALLORYS_SERVER, claim(mallory, mallory))
    assert judgement.verdict is REJECT
    assert "of another server than github.com" in said(judgement)


def test_an_owner_of_another_github_server_is_its_host_and_number(world: World) -> None:
    listed = {"github": "carol", "id": 9, "host": "ghe.example.com"}
    world.land(owners(OWNER, listed))
    change = weather("io.github.alice", "1.1.0")
    assert world.judge(change, claim(*2 * (elsewhere("carol", 9),))).verdict is ACCEPT
    assert world.judge(change, claim(*2 * (account("carol", 9),))).verdict is REJECT


def test_a_domain_was_sold_and_the_old_account_is_still_listed(
    world: World, network: Network, zone: Zone
) -> None:
    old, buyer = Signer(), Signer()
    zone.txt("example.com", old.record)
    world.land(owners_file("com.example", owners=[OWNER], keys=[old.pin], proof="dns"))
    world.land(weather("com.example"))
    change = weather("com.example", "1.1.0")
    assert world.judge(change, ALICES, network=network).verdict is ACCEPT
    for records in ([buyer.record], []):
        zone.txt("example.com", *records)
        judgement = world.judge(change, ALICES, network=network)
        assert judgement.verdict is REVIEW
        assert "the domain may have changed hands" in said(judgement)
    # Nor does the old account pin what would be published by the buyer or by nobody.
    late = owners_file("com.example", owners=[OWNER], keys=[Signer().pin], proof="dns")
    assert world.judge(late, ALICES, network=network).verdict is REVIEW


def test_a_branch_in_an_organisations_fork_is_said_to_be_one(world: World) -> None:
    change = {**weather("io.github.acme"), **owned_by(ACME)}
    judgement = world.judge(change, ACMES)
    assert judgement.verdict is ACCEPT
    assert "an organisation: whoever can push to its fork acts for it" in judgement.reason
    world.land(change)
    judgement = world.judge(weather("io.github.acme", "1.1.0"), ACMES)
    assert "whoever can push to its fork acts for it" in judgement.reason


@pytest.mark.parametrize(
    ("type", "who"),
    [("Organization", "by one of its owners"), ("Group", "by a CI job of one of its projects")],
)
def test_a_login_for_many_people_says_what_was_asked(type: str, who: str) -> None:
    account = Account(login="acme", id=72, type=type, administered=True)
    assert account.described.endswith(who)


@pytest.mark.parametrize(
    "bot",
    [
        account("github-actions[bot]", ACTIONS_BOT, "Bot"),
        account("github-actions[bot]", 12345, "Bot"),
        account("GitHub-Actions[bot]", 12345, "Bot"),
    ],
)
def test_the_bot_of_all_workflows_owns_nothing(world: World, bot: Any) -> None:
    listed = owners(OWNER, {"github": bot["login"], "id": bot["id"]})
    judgement = world.judge(listed, claim(ALICE, bot))
    assert judgement.verdict is REJECT
    assert "owner-is-nobody" in rules(judgement)
    world.land(listed)
    judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(bot, bot))
    assert judgement.verdict is REJECT


def test_a_second_owner_removes_the_first(world: World) -> None:
    bob = account("bob", 42)
    world.land(owners(OWNER, {"github": "bob", "id": 42}))
    takeover = owners({"github": "bob", "id": 42})
    judgement = world.judge(takeover, claim(bob, bob))
    assert judgement.verdict is ACCEPT
    (only,) = judgement.namespaces
    assert only.waits == "removes alice (583231)"
    assert "removes alice (583231)" in only.reason
    assert not only.new
    # Who leaves on their own account harms nobody.
    leaving = world.judge(owners({"github": "bob", "id": 42}), ALICES)
    assert leaving.namespaces[0].waits == ""


def test_a_second_owner_takes_the_first_ones_key_away(world: World) -> None:
    key = Signer().pin
    world.land(owners(OWNER, keys=[key]))
    judgement = world.judge(owners(OWNER), ALICES)
    assert judgement.verdict is ACCEPT
    assert judgement.namespaces[0].waits == f"removes the key {key['public'][:12]}…"


MODERATED = '"1.0.0": {status: deleted, message: Malware, by: operator}\n'


@pytest.mark.parametrize(
    "text",
    [
        '"1.0.0": {status: active}\n',
        '"1.0.0": {status: deleted, message: Malware}\n',
        '"1.0.0": {status: deleted, message: Mine, by: operator}\n',
        '"*": {status: active}\n',
        "{}\n",
        "[",
        '"1.0.0": {status: deprecated, by: operator}\n',
        None,
    ],
    ids=str,
)
def test_an_owner_undoes_moderation(world: World, text: str | None) -> None:
    world.land({STATUS: MODERATED})
    judgement = world.judge({STATUS: text}, ALICES)
    assert judgement.verdict is REJECT
    assert "status-of-operator" in rules(judgement)
    assert world.judge({STATUS: text}, OPERATOR).verdict is REVIEW


def test_an_owner_leaves_moderation_and_says_more(world: World) -> None:
    world.land({STATUS: MODERATED, **weather("io.github.alice", "1.1.0")})
    more = f'{MODERATED}"1.1.0": {{status: deprecated}}\n'
    assert world.judge({STATUS: more}, ALICES).verdict is ACCEPT


@pytest.mark.parametrize("key", ["1.0.0", "1.1.0"])
def test_one_version_is_named_out_of_the_moderation_of_all(world: World, key: str) -> None:
    all_of_it = '"*": {status: deleted, by: operator}\n'
    world.land({STATUS: all_of_it})
    named = f'{all_of_it}"{key}": {{status: active}}\n'
    change = {STATUS: named, **weather("io.github.alice", "1.1.0")}
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REJECT
    assert "status-of-operator" in rules(judgement)


def test_moderation_of_one_version_is_widened_away(world: World) -> None:
    world.land({STATUS: '"*": {status: deleted, by: operator}\n'})
    narrowed = {STATUS: '"1.0.0": {status: deleted, by: operator}\n'}
    judgement = world.judge({**narrowed, **weather("io.github.alice", "1.1.0")}, ALICES)
    assert judgement.verdict is REJECT


def test_a_publisher_speaks_for_the_operator(world: World) -> None:
    judgement = world.judge({STATUS: '"1.0.0": {status: deprecated, by: operator}\n'}, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"status-of-operator"}
