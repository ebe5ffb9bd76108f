"""The attacks on the gate, repeated with what each forge says of a request: its API and its events."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from builder.git.bounds import PUBLISHER
from builder.git.change import between
from builder.net.network import Network
from builder.ownership.verdict import judge
from tests.forge.conftest import forge
from tests.forge.hubs import ALICE, MALLORY, Hub
from tests.hostile.forge_requests import claim, hers, judged, mine, weather
from tests.ownership.servers import Zone, dns_server
from tests.ownership.world import (
    ACCEPT,
    NOWHERE,
    REJECT,
    Signer,
    owners_file,
    rules,
    said,
)
from tests.patience import PATIENCE
from tests.registry import entry_file

__all__ = ["forge", "hers"]


def test_the_owner_publishes_and_a_stranger_does_not(hers: Hub) -> None:
    change = weather(hers, version="1.1.0")
    assert judged(hers, change, ALICE, ALICE).verdict is ACCEPT
    assert judged(hers, change).verdict is REJECT


def test_attacks_by_a_stranger(hers: Hub) -> None:
    whose = claim(hers, hers.tip(), MALLORY, MALLORY)  # as this forge tells of every head of hers
    folder = f"servers/{hers.namespace(ALICE)}"
    theirs = f"{folder}/weather/1.0.0.json"
    for attack in (
        {**mine(hers), theirs: "{}"},
        {theirs: None},
        {**mine(hers), f"{folder}/Weather/1.0.0.json": "{}"},
        {**mine(hers), f"servers/{hers.namespace(ALICE).upper()}/weather/1.0.0.json": "{}"},
        {f"{folder}/weather/status.yaml": '"*": {status: deleted}'},
        {f"{folder}/namespace.yaml": hers.owned(MALLORY).popitem()[1], **weather(hers, ALICE, "2.0.0")},
        {f"{folder}/namespace.yaml": None},
        {f"{folder}/weather/upstream.json": '{"source": "https://x.example", "versions": {}}'},
    ):  # fmt: skip
        head = hers.propose(attack)
        repository = hers.git.repository
        change = between(repository, "main", head, PUBLISHER)
        stranger = replace(whose, head=head)
        assert judge(repository, change, stranger, (), NOWHERE).verdict is REJECT, attack


def test_a_domains_owner_alone_deprecates_and_renames(hers: Hub) -> None:
    """By signed messages, whoever opens the request: here somebody who owns nothing."""
    signer, zone = Signer(), Zone()
    zone.txt("example.com", signer.record)
    old, new = "com.example/weather", "com.example/forecast"
    hers.git.commit(
        {
            **signer.sign({**entry_file(old), **entry_file(new)}),
            **owners_file("com.example", keys=[signer.pin], proof="dns"),
        }
    )
    status = {
        f"servers/{old}/status.yaml": f'"*": {{status: deprecated, renamed-to: {new}}}\n',
        f"servers/{new}/status.yaml": f'"*": {{status: active, renamed-from: [{old}]}}\n',
    }
    with dns_server(zone) as resolver:
        network = Network(resolver=resolver, dns_seconds=PATIENCE)
        for files, verdict in ((status, REJECT), (signer.sign(status, counter=1), ACCEPT)):
            head = hers.propose(files)
            change = between(hers.git.repository, "main", head, PUBLISHER)
            whose = claim(hers, head, MALLORY, MALLORY)
            judgement = judge(hers.git.repository, change, whose, (), network)
            assert judgement.verdict is verdict, said(judgement)


def test_owner_first_and_entry_in_a_second_commit(hers: Hub) -> None:
    path = f"servers/{hers.namespace(ALICE)}/namespace.yaml"
    first = hers.propose({path: hers.owned(MALLORY).popitem()[1]})
    assert judged(hers, hers.propose(weather(hers, version="2.0.0"), first)).verdict is REJECT


def test_a_published_version_changes_for_nobody(hers: Hub) -> None:
    path = f"servers/{hers.namespace(ALICE)}/weather/1.0.0.json"
    for content in ("{}", None):
        for who in (ALICE, MALLORY):
            judgement = judged(hers, {path: content}, who, who)
            assert "version-changed" in rules(judgement) or content is None
            assert judgement.verdict is REJECT


def test_a_login_that_was_registered_again_does_not_inherit(hers: Hub) -> None:
    again = (ALICE[0], 999)
    judgement = judged(hers, weather(hers, version="1.1.0"), again, again)
    assert judgement.verdict is REJECT
    assert "renamed or registered again" in said(judgement)


def test_a_renamed_owner_keeps_the_namespace(hers: Hub) -> None:
    renamed = ("alicia", ALICE[1])
    assert judged(hers, weather(hers, version="1.1.0"), renamed, renamed).verdict is ACCEPT


def test_a_branch_in_somebody_elses_fork_is_not_the_authors(hers: Hub) -> None:
    change = weather(hers, version="1.1.0")
    assert judged(hers, change, ALICE, MALLORY).verdict is REJECT
    assert judged(hers, change, MALLORY, ALICE).verdict is ACCEPT  # who may push there is hers


def test_a_fork_that_is_gone_stands_for_nobody(hers: Hub) -> None:
    assert judged(hers, weather(hers, version="1.1.0"), ALICE, None).verdict is not ACCEPT


@pytest.mark.parametrize("login", ["ghost", "Ghost"])
def test_the_account_of_all_deleted_accounts_proves_nothing(hers: Hub, login: str) -> None:
    ghost = (login, 10137 if hers.kind == "github" else 77)
    change = {**weather(hers, ghost), **hers.owned(ghost)}
    assert judged(hers, change, ghost, ghost).verdict is not ACCEPT


def test_another_accounts_namespace_is_not_free_for_the_first(hers: Hub) -> None:
    bob = ("bob", 42)
    change = {**weather(hers, bob), **hers.owned(bob)}
    judgement = judged(hers, change)
    assert judgement.verdict is REJECT
    assert "is not the" in said(judgement)


def test_the_first_owners_file_names_no_more_than_what_is_proved(hers: Hub) -> None:
    path = f"servers/{hers.namespace(MALLORY)}/namespace.yaml"
    both = [{hers.kind: "mallory", "id": MALLORY[1]}, {hers.kind: "eve", "id": 5}]
    change = {**mine(hers), path: json.dumps({"owners": both, "proof": hers.kind})}
    assert "namespace-file-mismatch" in rules(judged(hers, change))


def test_an_owner_of_another_server_with_the_same_number_is_another(hers: Hub) -> None:
    kind = {"github": "gitlab", "gitlab": "forgejo", "forgejo": "github"}[hers.kind]
    namespace = hers.namespace(("carol", 1))
    owner = {kind: "mallory", "id": MALLORY[1]}
    hers.git.commit(
        {f"servers/{namespace}/namespace.yaml": json.dumps({"owners": [owner], "proof": "dns"})}
    )
    change = dict(entry_file(f"{namespace}/weather"))
    judgement = judged(hers, change)
    assert judgement.verdict is REJECT
    assert "another server's" in said(judgement)


def test_namespaces_of_other_forges_are_not_proved_here(hers: Hub) -> None:
    for prefix in {"io.github", "io.gitlab", "page.codeberg"} - {hers.prefix}:
        namespace = f"{prefix}.mallory"
        owners = {f"servers/{namespace}/namespace.yaml": hers.owned(MALLORY).popitem()[1]}
        judgement = judged(hers, {**entry_file(f"{namespace}/weather"), **owners})
        assert judgement.verdict is not ACCEPT
        assert "another server than" in said(judgement)
