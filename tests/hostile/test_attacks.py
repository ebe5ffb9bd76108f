"""Attacks on somebody else's entries, by a stranger or by an owner: the gate holds, and says why."""

from __future__ import annotations

import pytest

from builder.forge import decision
from builder.forge.decision import Checked, Waiting
from builder.forge.forge import PullRequest
from builder.gate.report.report import Report
from builder.model.verdict import NamespaceVerdict
from builder.net.network import Network
from builder.ownership.proposer import Claim
from tests.hostile import plumbing
from tests.ownership.events import ALICE, GHOST, MALLORY, claim
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    ALICES_ENTRY,
    ALICES_NEXT,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)


def test_an_edit_of_anothers_file_among_many(world: World) -> None:
    many = {
        path: content
        for number in range(300)
        for path, content in weather("io.github.mallory", f"1.{number}.0").items()
    }
    judgement = world.judge({**MALLORYS_SERVER, **many, ALICES_ENTRY: b"{}"}, MALLORYS)
    assert judgement.verdict is REJECT
    assert ALICES_ENTRY in said(judgement)


@pytest.mark.parametrize(
    "path",
    [
        "servers/io.github.alice/Weather/1.0.0.json",
        "servers/io.github.ALICE/weather/1.0.0.json",
        "Servers/io.github.alice/weather/1.0.0.json",
        "servers/io.github.alice/weather/1.0.0.JSON",
        "servers/io.github.alice/weather/1.0.0.json/",
        "servers/io.github.alice/weather/1.0.0.json ",
    ],
)
def test_a_case_trick_over_anothers_file(world: World, path: str) -> None:
    change = {path.encode().rstrip(b"/"): plumbing.leaf(world.registry, ALICES_NEXT)}
    if path.endswith("/"):
        change = {f"{path}x".encode(): plumbing.leaf(world.registry, ALICES_NEXT)}
    head = plumbing.commit(world.registry, change, world.propose(MALLORYS_SERVER))
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize("who", [ALICES, MALLORYS], ids=["owner", "stranger"])
def test_a_published_version_is_overwritten(world: World, who: Claim) -> None:
    judgement = world.judge({ALICES_ENTRY: b"{}"}, who)
    assert judgement.verdict is REJECT
    assert "version-changed" in rules(judgement)


@pytest.mark.parametrize("who", [ALICES, MALLORYS], ids=["owner", "stranger"])
def test_a_published_version_is_deleted(world: World, who: Claim) -> None:
    judgement = world.judge({ALICES_ENTRY: None}, who)
    assert judgement.verdict is REJECT
    assert f"removes {ALICES_ENTRY}" in said(judgement)


def test_a_stranger_changes_a_status(world: World) -> None:
    path = "servers/io.github.alice/weather/status.yaml"
    judgement = world.judge({path: '"*": {status: deleted}'}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "mallory (666) is not a listed owner" in judgement.reason


def test_owner_and_entry_in_one_change_by_a_stranger(world: World) -> None:
    change = {**owned_by(MALLORY, "io.github.alice"), **weather("io.github.alice", "1.1.0")}
    assert world.judge(change, MALLORYS).verdict is REJECT


def test_owner_first_and_entry_in_a_second_commit_by_a_stranger(world: World) -> None:
    first = world.propose(owned_by(MALLORY, "io.github.alice"))
    second = world.propose(weather("io.github.alice", "1.1.0"), since=first)
    assert world.judge(second, MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "path",
    [".github/workflows/check.yml", "builder/check/engine.py", "registry.yaml", "action.yml"],
)
def test_a_workflow_or_the_builder_edited_together_with_an_entry(world: World, path: str) -> None:
    judgement = world.judge({**weather("io.github.alice", "1.1.0"), path: "x: y"}, ALICES)
    assert judgement.verdict is REJECT
    assert path in judgement.reason


def test_a_head_that_moved_after_the_check_is_not_merged() -> None:
    proved = NamespaceVerdict(namespace="com.example", verdict=ACCEPT, reason="proved", new=False)
    accepted = Report(findings=(), verdict=ACCEPT, reason="proved", namespaces=(proved,))
    checked = Checked(base="b" * 40, head="a" * 40, report=accepted)
    pull = PullRequest(number=1, head="c" * 40, base="main", open=True, draft=False, labels=())
    waiting = Waiting(seconds=0, since=0)
    hold = decision.reason_to_hold(
        checked, pull, branch="main", stopped=False, waiting=waiting, now=0
    )
    assert hold == f"its head moved from {'a' * 40} to {'c' * 40}"


def test_the_account_in_the_place_of_deleted_ones_owns_nothing(world: World) -> None:
    change = {**weather("io.github.ghost"), **owned_by(GHOST)}
    assert world.judge(change, claim(GHOST, GHOST)).verdict is not ACCEPT


def test_a_signed_entry_of_another_is_taken_to_claim_a_free_namespace(
    world: World, network: Network, zone: Zone
) -> None:
    owner = Signer()
    zone.txt("example.com", owner.record)
    signed = owner.sign(weather("com.example"))
    stolen = owners_file("com.example", owners=[{"github": "mallory", "id": 666}], proof="dns")
    assert world.judge({**signed, **stolen}, MALLORYS, network=network).verdict is REJECT
    both = owners_file(
        "com.example",
        keys=[owner.pin],
        owners=[{"github": "mallory", "id": 666}],
        proof="dns",
    )
    assert world.judge({**signed, **both}, MALLORYS, network=network).verdict is REJECT


def test_a_branch_that_is_behind_does_not_undo_what_came_since(world: World) -> None:
    since = world.registry.git("rev-parse", "main")
    status = "servers/io.github.alice/weather/status.yaml"
    world.land({status: '"1.0.0": {status: deleted}'})
    # Nothing of the newer commit is in mallory's branch, and nothing of it is undone by merging.
    behind = world.propose(MALLORYS_SERVER, since=since)
    judgement = world.judge(behind, MALLORYS)
    assert judgement.verdict is ACCEPT
    assert [namespace.namespace for namespace in judgement.namespaces] == ["io.github.mallory"]
    # Alice's own branch that changes the same file was made without knowing of it.
    stale = world.propose({status: '"1.0.0": {status: deprecated}'}, since=since)
    judgement = world.judge(stale, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"stale-change"}


def test_crossed_history_does_not_take_back_a_status(world: World) -> None:
    # A commit of a merged branch (1) and a newer one of main (2) are both ancestors of main. A
    # head on top of both has two merge bases: judged against (1), it leaves status.yaml as it
    # was there, and merging would still take back what (2) did.
    registry = world.registry
    start = registry.git("rev-parse", "main")
    one = plumbing.commit(registry, {b"x": plumbing.leaf(registry, b"1")}, start)
    two = world.land({"servers/io.github.alice/weather/status.yaml": '"*": {status: deleted}'})
    merged = plumbing.commit(registry, {b"x": plumbing.leaf(registry, b"1")}, two, one)
    registry.git("reset", "--quiet", "--hard", merged)
    head = plumbing.commit(registry, {}, one, two)
    judgement = world.judge(head, MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"merge-base"}
    tree = registry.git("merge-tree", "--write-tree", "main", head).splitlines()[0]
    kept = registry.git("ls-tree", "-r", "--name-only", tree)
    assert "status.yaml" not in kept  # what the gate has prevented


def test_a_head_without_common_history(world: World) -> None:
    tree = world.registry.git("rev-parse", "main^{tree}")
    orphan = world.registry.git("commit-tree", tree, "-m", "Nothing in common")
    assert world.judge(orphan, ALICES).verdict is REJECT


def test_an_author_is_not_blamed_for_what_another_pushed_to_the_branch(world: World) -> None:
    later = claim(ALICE, MALLORY, action="synchronize", sender=MALLORY)
    assert world.judge(weather("io.github.alice", "1.1.0"), later).verdict is REJECT
