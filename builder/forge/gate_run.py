"""The gate's steps on one pull request in one go, for forges whose CI runs them as one job."""

from __future__ import annotations

import time
from dataclasses import replace

from builder.forge import fetching, merging, steps
from builder.forge.decision import Checked
from builder.forge.forge import Forge
from builder.forge.merging import MergeOutcome
from builder.gate import gate
from builder.gate.question import Question
from builder.git.repository import Repository
from builder.ownership import change_request


def check(
    repository: Repository,
    forge: Forge,
    number: int,
    origin: str,
    trigger: bytes,
    question: Question,
) -> Checked:
    """Take back the last verdict, fetch, check, comment and label; return what came of it.

    `question` says how to check. Whatever ends the check is raised after it was said on the pull
    request that there is no verdict.
    """
    now = int(time.time())
    steps.clear(forge, number, now)
    base = repository.commit("HEAD")
    head = forge.pull_request(number).head
    checked = Checked(base=base, head=head, report=None)
    try:
        fetched = fetching.fetch(repository, forge, number, origin, trigger)
        asked = replace(
            question, base=base, head=fetched.head, event=change_request.write(fetched.request)
        )
        report = fetched.refusal or gate.answer(repository, asked)
        checked = Checked(base=base, head=fetched.head, report=report)
    finally:
        steps.comment(repository, forge, number, checked, now)
        steps.label(forge, number, checked)
    return checked


def merge(
    repository: Repository, forge: Forge, number: int, origin: str, checked: Checked
) -> MergeOutcome:
    """Merge exactly the commit that was checked, if nothing holds it back."""
    return merging.merge(repository, forge, number, checked, origin, int(time.time()))
