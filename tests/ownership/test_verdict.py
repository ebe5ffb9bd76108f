"""A verdict on a change: from rules and owners to what becomes of it, and who must look."""

from __future__ import annotations

import pytest

from builder.model.errors import RegistryError
from builder.model.finding import Finding, Severity
from builder.ownership.proposer import NOBODY
from tests.ownership.events import ACME, ALICE, DEPENDABOT, claim
from tests.ownership.world import (
    ACCEPT,
    ACMES,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    World,
    owned_by,
    rules,
    weather,
)
from tests.registry import entry_file


def test_the_verdict_names_the_exact_commits(world: World) -> None:
    base = world.registry.git("rev-parse", "main")
    head = world.propose(weather("io.github.alice", "1.1.0"))
    judgement = world.judge(head, ALICES)
    assert (judgement.base, judgement.head) == (base, head)


def test_nobody_named_is_a_question_and_not_an_accusation(world: World) -> None:
    judgement = world.judge(weather("io.github.alice", "1.1.0"), NOBODY)
    assert judgement.verdict is REVIEW
    assert "known only on its pull request" in judgement.reason


def test_two_namespaces_need_both(world: World) -> None:
    world.land({**owned_by(ACME), **weather("io.github.acme")})
    change = {**weather("io.github.alice", "1.1.0"), **weather("io.github.acme", "1.1.0")}
    assert world.judge(change, ACMES).verdict is ACCEPT
    judgement = world.judge(change, ALICES)
    verdicts = {namespace.namespace: namespace.verdict for namespace in judgement.namespaces}
    assert verdicts == {"io.github.acme": REJECT, "io.github.alice": ACCEPT}
    assert judgement.verdict is REJECT


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
