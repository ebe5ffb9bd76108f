"""The first publication into a namespace: whose it is, and the namespace.yaml that it must add."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ownership.events import ACME, ALICE, MALLORY, account, claim
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)


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


def test_of_all_spellings_the_one_that_is_here_is_to_be_used(world: World) -> None:
    change = {**weather("io.github.Alice"), **weather("io.github.ALICE")}
    judgement = world.judge(change, ALICES)
    helps = {finding.help for finding in judgement.findings if finding.rule == "namespace-case"}
    assert helps == {"publish into io.github.alice"}
