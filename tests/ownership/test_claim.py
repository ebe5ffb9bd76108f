"""Who stands for a pull request, read from GitHub's events."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.errors import RegistryError
from builder.ownership.proposer import Claim
from builder.ownership.pull_request_event import read_claim
from tests.ownership import events
from tests.ownership.events import ACME, ALICE, DEPENDABOT, GHOST, MAINTAINER, MALLORY, claim


def ids(found: Claim) -> list[int]:
    return [account.id for account in found.accounts]


def test_a_user_stands_for_a_branch_of_their_own_fork() -> None:
    proposed = claim(ALICE, ALICE)
    assert ids(proposed) == [583231]
    assert not proposed.internal


def test_an_organisation_stands_for_a_branch_of_its_fork() -> None:
    assert ids(claim(ALICE, ACME)) == [583231, 9919]


def test_an_author_does_not_stand_for_what_another_pushed_later_to_another_fork() -> None:
    assert ids(claim(ALICE, MALLORY, action="synchronize", sender=MALLORY)) == [666]
    assert ids(claim(ALICE, MALLORY, action="labeled", sender=MAINTAINER)) == [666]


def test_an_author_stands_for_their_own_fork_whoever_triggered_the_event() -> None:
    assert ids(claim(ALICE, ALICE, action="labeled", sender=MAINTAINER)) == [583231]


def test_the_facts_as_the_api_gives_them_need_no_sender() -> None:
    facts = events.event(ALICE, ACME, action="synchronize")
    del facts["sender"]
    assert ids(read_claim(json.dumps(facts).encode())) == [9919]


def test_a_bot_is_an_account_of_its_own() -> None:
    proposed = claim(DEPENDABOT, None, own_branch=True)
    assert proposed.internal
    assert proposed.author is not None
    assert proposed.author.type == "Bot"


def test_the_registry_does_not_stand_for_its_own_branches_as_a_fork_owner() -> None:
    assert events.REGISTRY["id"] not in ids(claim(MAINTAINER, None, own_branch=True))


def test_a_deleted_fork_leaves_the_author_whose_branch_it_was() -> None:
    assert ids(claim(ALICE, None, head_user=ALICE)) == [583231]
    # The branch was mallory's, who pushed to it and then deleted the fork.
    assert ids(claim(ALICE, None, head_user=MALLORY, action="closed", sender=MALLORY)) == []


@pytest.mark.parametrize("author", [GHOST, None], ids=["ghost", "null"])
def test_a_deleted_account_stands_for_nothing(author: Any) -> None:
    assert claim(author, None, head_user=author) == Claim()


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"ref": "refs/heads/main"}', b"\xff"])
def test_other_events_are_refused(payload: bytes) -> None:
    with pytest.raises(RegistryError, match="not a pull request event"):
        read_claim(payload)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    return [path, *(found for key, child in inner for found in _paths(child, (*path, key)))]


WHOLE = events.event(ALICE, ACME)


@given(
    path=st.sampled_from([path for path in _paths(WHOLE) if path]),
    value=st.none() | st.integers() | st.text() | st.lists(st.none()) | st.just({}),
)
def test_any_damage_to_an_event_is_refused_or_names_no_new_account(
    path: tuple[Any, ...], value: Any
) -> None:
    damaged = copy.deepcopy(WHOLE)
    target = damaged
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    try:
        proposed = read_claim(json.dumps(damaged).encode())
    except RegistryError:
        return
    known = {ALICE["id"], ACME["id"], value if isinstance(value, int) else 0}
    assert {account.id for account in proposed.accounts} <= known
