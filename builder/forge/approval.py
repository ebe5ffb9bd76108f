"""`/approve COMMIT`: what those whom the settings name write on a pull request that a person must look at.

It lifts a review, never a rejection, and of exactly the commit that it names: a push takes it back.
An edited comment counts for nothing, since others than its author may edit it. The line may stand
in backticks: GitLab carries out a bare `/approve` as a command of its own, and takes it out of the
text. https://docs.gitlab.com/user/project/quick_actions/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from builder.forge.forge import Comment, PullRequest
from builder.model.policy_settings import Policy

_APPROVE = re.compile(
    r"^(?P<mark>`?)/approve[ \t]+(?P<commit>[0-9a-f]{12,40})(?P=mark)[ \t]*\r?$", re.MULTILINE
)


def commits_in(text: str) -> list[str]:
    """Return the commits, or beginnings of their ids, that a comment approves."""
    return [match["commit"] for match in _APPROVE.finditer(text)]


def approved_by(
    comments: Iterable[Comment], head: str, approvers: Collection[int], own: Collection[int] = ()
) -> str:
    """Return the login of an approver who approved exactly this head, "" if none did.

    `own` are the accounts whose change it is: they approve nothing.
    """
    may = frozenset(approvers).difference(own)
    for comment in comments:
        counts = comment.author_id in may and comment.created == comment.changed
        if counts and any(head.startswith(commit) for commit in commits_in(comment.body)):
            return comment.author
    return ""


def of_policy(
    comments: Iterable[Comment], pull: PullRequest, policy: Policy, head: str = ""
) -> str:
    """Return the login of who may approve a pull request by the settings, and did; "" if nobody did.

    What was approved must be `head`, or where the pull request is now.
    """
    own = frozenset[int]() if policy.publish.approve_own else pull.own
    return approved_by(comments, head or pull.head, policy.approvers, own)
