"""Requests at a forge of any kind, judged as its API and its events tell of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from builder.forge import connect
from builder.git.bounds import PUBLISHER
from builder.git.change import between
from builder.ownership.decisions import Judgement
from builder.ownership.proposer import Claim
from builder.ownership.verdict import judge
from tests.forge.hubs import ALICE, MALLORY, Hub, Person
from tests.ownership.world import (
    NOWHERE,
)
from tests.registry import entry_file

Files = dict[str, Any]


def weather(hub: Hub, who: Person = ALICE, version: str = "1.0.0") -> Files:
    return dict(entry_file(f"{hub.namespace(who)}/weather", version))


def mine(hub: Hub) -> Files:
    return {**weather(hub, MALLORY), **hub.owned(MALLORY)}


def claim(
    hub: Hub,
    head: str,
    author: Person,
    fork: Person | None,
    *,
    group: bool = False,
    event: Callable[[int], Any] | None = None,
) -> Claim:
    """Who stands for a head, as the adapter reads it from the forge's API and the event."""
    number = hub.open(head, author, fork, group=group)
    forge = connect.connect(hub.kind, hub.variables, login="gate")
    trigger = json.dumps(event(number)).encode() if event else b""
    try:
        return forge.describe(number, trigger).claim
    finally:
        forge.client.close()


def judged(
    hub: Hub,
    files: Files | str,
    author: Person = MALLORY,
    fork: Person | None = MALLORY,
    **options: Any,
) -> Judgement:
    head = files if isinstance(files, str) else hub.propose(files)
    repository = hub.git.repository
    change = between(repository, "main", head, PUBLISHER)
    return judge(repository, change, claim(hub, head, author, fork, **options), (), NOWHERE)


@pytest.fixture
def hers(forge: Hub) -> Hub:
    """A registry in which alice, an account of its forge, has a namespace and a server."""
    forge.git.commit({**weather(forge), **forge.owned(ALICE)})
    return forge
