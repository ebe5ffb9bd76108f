"""Verdicts by accounts: owners listed by id, and the first claim of io.github.<login>."""

from __future__ import annotations

from typing import Any

import pytest

from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.ownership.proposer import NOBODY
from tests.ownership.events import ACME, ALICE, DEPENDABOT, MALLORY, account, claim
from tests.ownership.world import (
    ACCEPT,
    ACMES,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import entry_file

STATUS = {"servers/io.github.alice/weather/status.yaml": '"1.0.0": {status: deprecated}'}


def test_an_owner_publishes_a_version(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), ALICES)
    assert judgement.verdict is ACCEPT
    assert judgement.findings == ()
    (only,) = judgement.namespaces
    assert (only.namespace, only.verdict, only.new) == ("io.github.alice", ACCEPT, False)
    assert only.reason == "io.github.alice is proved by the listed owner alice (583231)"


def test_the_verdict_names_the_exact_commits(world: World) -> None:
    base = world.registry.git("rev-parse", "main")
    head = world.propose(weather("io.github.alice", "1.1.0"))
    judgement = world.judge(head, ALICES)
    assert (judgement.base, judgement.head) == (base, head)


def test_a_stranger_is_rejected_with_the_owners_name(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"not-the-owner"}
    assert "belongs to alice (583231)" in judgement.reason
    assert "mallory (666) is not a listed owner" in judgement.reason


def test_nobody_named_is_a_question_and_not_an_accusation(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), NOBODY)
    assert judgement.verdict is REVIEW
    assert "known only on its pull request" in judgement.reason


def test_a_renamed_owner_keeps_the_namespace(world: World) -> None:
    renamed = account("alice-smith", ALICE["id"])
    judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(renamed, renamed))
    assert judgement.verdict is ACCEPT


def test_who_registers_the_login_again_does_not_inherit_the_namespace(world: World) -> None:
    again = account("alice", 999_999)
    judgement = world.judge(weather("io.github.alice", "1.1.0"), claim(again, again))
    assert judgement.verdict is REJECT
    assert "alice (999999) only has the login of the owner alice (583231)" in judgement.reason


def test_a_lifecycle_change_follows_the_same_ownership(world: World) -> None:
    assert world.judge(STATUS, ALICES).verdict is ACCEPT
    assert world.judge(STATUS, MALLORYS).verdict is REJECT


def test_owners_are_changed_by_owners(world: World) -> None:
    both = [{"github": one["login"], "id": one["id"]} for one in (ALICE, MALLORY)]
    change = owners_file("io.github.alice", owners=both, proof="github")
    assert world.judge(change, MALLORYS).verdict is REJECT
    # That 666 is mallory's number nobody has verified: a person compares the two.
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"owner-unverified"}
    world.land(change)
    assert world.judge(weather("io.github.alice", "1.1.0"), MALLORYS).verdict is ACCEPT


def test_a_namespace_is_never_left_without_an_owner(world: World) -> None:
    judgement = world.judge({"servers/io.github.alice/namespace.yaml": None}, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"namespace-file-removed"}


def test_an_organisation_listed_by_id_publishes_from_its_fork(world: World) -> None:
    world.land({**owned_by(ACME), **weather("io.github.acme")})
    assert world.judge(weather("io.github.acme", "1.1.0"), ACMES).verdict is ACCEPT
    assert world.judge(weather("io.github.acme", "1.1.0"), ALICES).verdict is REJECT


def test_a_listed_bot_may_publish(world: World) -> None:
    listed = [{"github": "dependabot[bot]", "id": DEPENDABOT["id"]}]
    world.land(owners_file("com.example", owners=listed, proof="dns"))
    judgement = world.judge(weather("com.example"), claim(DEPENDABOT, ALICE, sender=DEPENDABOT))
    assert judgement.verdict is ACCEPT


def test_two_namespaces_need_both(world: World) -> None:
    world.land({**owned_by(ACME), **weather("io.github.acme")})
    change = {**weather("io.github.alice", "1.1.0"), **weather("io.github.acme", "1.1.0")}
    assert world.judge(change, ACMES).verdict is ACCEPT
    judgement = world.judge(change, ALICES)
    verdicts = {one.namespace: one.verdict for one in judgement.namespaces}
    assert verdicts == {"io.github.acme": REJECT, "io.github.alice": ACCEPT}
    assert judgement.verdict is REJECT


@pytest.mark.parametrize(
    ("namespace", "author", "fork"),
    [
        ("io.github.mallory", MALLORY, MALLORY),
        ("io.github.Mallory", MALLORY, MALLORY),
        ("io.github.acme", ALICE, ACME),
        ("io.github.alice", ALICE, ALICE),
    ],
    ids=["user", "other case", "organisation", "sole owner"],
)
def test_a_free_github_namespace_belongs_to_its_account(
    registry: Any, namespace: str, author: Any, fork: Any
) -> None:
    change = {**weather(namespace), **owned_by(fork, namespace)}
    judgement = World(registry).judge(change, claim(author, fork))
    assert judgement.verdict is ACCEPT, said(judgement)
    assert judgement.namespaces[0].new


@pytest.mark.parametrize(
    "namespace",
    [
        "io.github.alice",
        "io.github.mallory.tools",
        "io.github",
        "io.gitlab.mallory",
        "mallory",
        "com.mallory",
    ],
)
def test_a_free_namespace_is_not_for_the_first_who_asks(registry: Any, namespace: str) -> None:
    change = {**weather(namespace), **owned_by(MALLORY, namespace)}
    judgement = World(registry).judge(change, MALLORYS)
    assert judgement.verdict is REJECT
    assert "namespace-unproved" in rules(judgement)


def test_a_bot_named_like_an_account_is_not_that_account(registry: Any) -> None:
    bot = account("mallory", 7, "Bot")
    change = {**weather("io.github.mallory"), **owned_by(bot)}
    assert World(registry).judge(change, claim(bot, bot)).verdict is REJECT


def test_the_first_publication_is_told_the_file_to_add(registry: Any) -> None:
    judgement = World(registry).judge(weather("io.github.alice"), ALICES)
    assert judgement.verdict is REJECT
    (finding,) = judgement.findings
    assert finding.rule == "namespace-file-missing"
    assert finding.path == "servers/io.github.alice/namespace.yaml"
    text = finding.help.partition(": ")[2]
    fixed = {**weather("io.github.alice"), finding.path: text}
    assert World(registry).judge(fixed, ALICES).verdict is ACCEPT


@pytest.mark.parametrize(
    "content",
    [
        {"owners": [{"github": "alice", "id": 1}], "proof": "github"},
        {"owners": [{"github": "mallory", "id": 583231}], "proof": "github"},
        {
            "owners": [{"github": "alice", "id": 583231}, {"github": "mallory", "id": 666}],
            "proof": "github",
        },
        {"owners": [{"github": "alice", "id": 583231}], "proof": "dns"},
        {
            "owners": [{"github": "alice", "id": 583231}],
            "keys": [{"algorithm": "ed25519", "public": "A" * 43 + "="}],
            "proof": "github",
        },
        {"proof": "github"},
    ],
    ids=["other id", "other login", "one more", "other proof", "a key", "nobody"],
)
def test_the_first_namespace_file_names_exactly_what_is_proved(registry: Any, content: Any) -> None:
    change = {**weather("io.github.alice"), **owners_file("io.github.alice", **content)}
    judgement = World(registry).judge(change, ALICES)
    assert judgement.verdict is REJECT
    assert "namespace-file-mismatch" in rules(judgement)
    assert "{github: alice, id: 583231}" in said(judgement)


def test_an_owner_cannot_pin_what_is_no_key(world: World) -> None:
    owner = {"github": "alice", "id": 583231}
    short = {"algorithm": "ed25519", "public": "AAAA"}
    change = owners_file("io.github.alice", owners=[owner], keys=[short], proof="github")
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"malformed-key"}


def test_errors_of_the_rules_reject_and_questions_ask(world: World) -> None:
    change = weather("io.github.alice", "1.1.0")
    path = next(iter(change))
    for severity, verdict in (
        (Severity.ERROR, REJECT),
        (Severity.REVIEW, REVIEW),
        (Severity.WARNING, ACCEPT),
    ):
        finding = Finding(rule="some-rule", severity=severity, path=path, message="m")
        judgement = world.judge(change, ALICES, findings=(finding,))
        assert judgement.verdict is verdict
        assert judgement.namespaces[0].verdict is verdict


def test_an_error_outside_every_namespace_rejects_the_change(world: World) -> None:
    finding = Finding(rule="r", severity=Severity.ERROR, path="registry.yaml", message="broken")
    change = weather("io.github.alice", "1.1.0")
    assert world.judge(change, ALICES, findings=(finding,)).verdict is REJECT


def test_the_registrys_own_change_is_looked_at_by_a_person(world: World) -> None:
    judgement = world.judge({"registry.yaml": "title: Mine"}, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"outside-servers"}


def test_a_change_of_nothing_is_looked_at(world: World) -> None:
    assert world.judge({}, ALICES).verdict is REVIEW


def test_the_mirrors_own_branch_is_reviewed_where_a_strangers_is_rejected(world: World) -> None:
    change = {
        **entry_file("com.other/tool"),
        "servers/com.other/tool/upstream.json": {"source": "https://u.example", "versions": {}},
    }
    own = claim(DEPENDABOT, None, own_branch=True)
    assert world.judge(change, own).verdict is REVIEW
    judgement = world.judge(change, MALLORYS)
    assert judgement.verdict is REJECT
    assert "mirror-record" in rules(judgement)


def test_a_mirrored_server_is_not_published_to_without_a_person(world: World) -> None:
    world.land({"servers/io.github.alice/weather/upstream.json": '{"source": "s", "versions": {}}'})
    judgement = world.judge(weather("io.github.alice", "1.1.0"), ALICES)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"mirrored-server"}


def test_a_claim_about_another_head_is_refused(world: World) -> None:
    checked = world.propose(weather("io.github.alice", "1.1.0"))
    moved = world.propose(weather("io.github.alice", "1.2.0"))
    with pytest.raises(RegistryError, match=f"head is {checked}, but {moved}"):
        world.judge(moved, claim(ALICE, ALICE, head=checked))
    assert world.judge(checked, claim(ALICE, ALICE, head=checked)).verdict is ACCEPT


def test_a_broken_file_of_owners_on_the_base_branch_goes_to_a_person(world: World) -> None:
    world.land({"servers/io.github.alice/namespace.yaml": "owners: ["})
    judgement = world.judge(weather("io.github.alice", "1.1.0"), ALICES)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"namespace-unreadable"}


def test_a_signature_that_has_landed_stays(world: World) -> None:
    path = "servers/io.github.alice/weather/1.0.0.json"
    signed = Signer().sign(weather("io.github.alice"))
    world.land(signed)
    other = Signer().sign(weather("io.github.alice"))[f"{path}.sig"]
    for content in (other, None):
        judgement = world.judge({f"{path}.sig": content}, ALICES)
        assert judgement.verdict is REJECT
        assert rules(judgement) == {"signature-changed"}


@pytest.mark.parametrize("login", ["old--account", "o", "alice_acme", "trailing-"])
def test_every_kind_of_login_may_be_listed(world: World, login: str) -> None:
    one = account(login, 4242)
    owners = [{"github": "alice", "id": ALICE["id"]}, {"github": login, "id": 4242}]
    world.land(owners_file("io.github.alice", owners=owners, proof="github"))
    change = weather("io.github.alice", "1.1.0")
    assert world.judge(change, claim(one, one)).verdict is ACCEPT


def test_twenty_namespaces_are_judged_at_once_and_more_of_the_registrys_own(world: World) -> None:
    twenty = {
        path: content
        for number in range(20)
        for path, content in weather(f"com.example{number}").items()
    }
    assert "too-many-files" not in rules(world.judge(twenty))
    more = world.propose({**twenty, **weather("com.example20")})
    assert rules(world.judge(more)) == {"too-many-files"}
    own = world.judge(more, claim(DEPENDABOT, None, own_branch=True))
    assert "too-many-files" not in rules(own)
    assert len(own.namespaces) == 21


def test_of_all_spellings_the_one_that_is_here_is_to_be_used(world: World) -> None:
    change = {**weather("io.github.Alice"), **weather("io.github.ALICE")}
    judgement = world.judge(change, ALICES)
    helps = {one.help for one in judgement.findings if one.rule == "namespace-case"}
    assert helps == {"publish into io.github.alice"}
