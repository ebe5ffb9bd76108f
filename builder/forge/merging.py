"""The merge: one commit of ours on exactly the base that was checked, and the branch moved to it.

The branch is only moved from the checked base. If it is elsewhere by then, nothing happens and
the check runs again: any number of merges may wait at once, and each time one of them is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from builder.forge import accepted_bundles, approval, decision, public_stop, steps
from builder.forge.decision import Checked
from builder.forge.forge import Forge
from builder.git import change as changes
from builder.git import merge as git_merge
from builder.git import settings, transfer
from builder.git.bounds import MAINTAINER
from builder.git.repository import Repository
from builder.model.config import Config
from builder.model.errors import RepositoryError


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOutcome:
    """What came of a merge: the commit, or the reason why there is none.

    `moved` tells that the branch is no longer where it was checked, so that the check must run
    again.
    """

    commit: str = ""
    reason: str = ""
    moved: bool = False


def merge(
    repository: Repository, forge: Forge, number: int, checked: Checked, origin: str, now: int
) -> MergeOutcome:
    """Merge exactly the checked commit into exactly the checked base, if nothing holds it back.

    The pull request is then closed with a comment that names the commit.
    """
    config = settings.load_config(repository, checked.base or "HEAD")
    comments, reviews = forge.comments(number), forge.reviews(number)
    pull = forge.pull_request(number)  # last: where its head is counts until the push
    ours = decision.gate_comment(comments, forge.login)
    reason = decision.reason_to_hold(
        checked,
        pull,
        branch=config.branch,
        stopped=public_stop.stopped([*comments, *reviews], forge.login, config.policy.may_resume),
        waiting=steps.waiting(repository, checked, decision.first_seen(ours, checked.head, now)),
        now=now,
        approved=bool(approval.of_policy([*comments, *reviews], pull, config.policy, checked.head)),
    )
    if reason:
        return MergeOutcome(reason=reason)
    return _merge(repository, forge, number, checked, origin, config, now)


def _merge(
    repository: Repository,
    forge: Forge,
    number: int,
    checked: Checked,
    origin: str,
    config: Config,
    now: int,
) -> MergeOutcome:
    branch = config.branch
    change = changes.between(repository, checked.base, checked.head, MAINTAINER)
    change = accepted_bundles.noted(repository, change, config.policy, now)
    message = decision.merge_message(checked, number)
    commit = git_merge.commit(repository, change, message, forge.login)
    try:
        transfer.advance(repository, origin, branch, checked.base, commit, token=forge.token)
    except RepositoryError:
        tip = forge.branch_head(branch)
        if tip == checked.base:
            raise  # the remote refused: no other check would change that
        reason = f"{branch} moved from {checked.base} to {tip} since the check"
        return MergeOutcome(reason=reason, moved=True)
    forge.add_comment(number, f"Merged as {commit}: one commit with the files that were checked.")
    forge.close(number)
    return MergeOutcome(commit=commit)
