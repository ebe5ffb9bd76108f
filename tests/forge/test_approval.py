"""`/approve COMMIT`: whom the settings name lifts a review of exactly one head, and nothing else."""

from __future__ import annotations

import pytest

from builder.forge.approval import approved_by, of_policy
from builder.forge.forge import Comment, PullRequest
from builder.model.policy_settings import Policy
from tests.forge.desk import Desk, desk, hub, publish  # noqa: F401
from tests.forge.github_server import GitHubServer
from tests.registry import CONFIG

HEAD = "0123456789abcdef" * 2 + "01234567"


def said(body: str, id: int = 7, changed: str = "1") -> Comment:
    return Comment(
        id=1,
        author="carol",
        author_id=id,
        association="NONE",
        body=body,
        created="1",
        changed=changed,
    )


@pytest.mark.parametrize(
    ("comment", "approved"),
    [
        (said(f"/approve {HEAD}"), True),
        (said(f"Looked at it.\n/approve {HEAD[:12]}\nThanks!"), True),
        (said(f"`/approve {HEAD[:12]}`"), True),
        (said(f"`/approve {HEAD[:12]}"), False),
        (said(f"/approve {HEAD}", id=8), False),
        (said(f"/approve {HEAD}", changed="2"), False),
        (said("/approve"), False),
        (said(f"/approve {HEAD[:11]}"), False),
        (said(f"/approve {'f' * 40}"), False),
        (said(f"> /approve {HEAD}"), False),
        (said(f"do not /approve {HEAD}"), False),
    ],
)
def test_what_is_an_approval(comment: Comment, approved: bool) -> None:
    assert bool(approved_by([comment], HEAD, frozenset({7}))) is approved


def test_nobody_approves_a_change_of_the_own_account_unless_the_settings_say_so() -> None:
    said_it = [said(f"/approve {HEAD}")]
    pull = PullRequest(
        number=1, head=HEAD, base="main", open=True, draft=False, labels=(), own=frozenset({7})
    )
    for settings, approved in (({}, False), ({"approve_own": True}, True)):
        policy = Policy.model_validate({"publish": {"approvers": [7, 9], **settings}})
        assert bool(of_policy(said_it, pull, policy)) is approved
    others = [said(f"/approve {HEAD}", id=9)]
    assert of_policy(others, pull, Policy.model_validate({"publish": {"approvers": [7, 9]}}))


def test_nobody_approves_where_nobody_is_named() -> None:
    assert not approved_by([said(f"/approve {HEAD}")], HEAD, frozenset())


APPROVERS = "policy: {publish: {approvers: [%d]}}\n"


@pytest.mark.parametrize("hub", [CONFIG + APPROVERS % 102], indirect=True)
@pytest.mark.parametrize(("verdict", "merged"), [("review", True), ("reject", False)])
def test_a_review_is_lifted_and_a_rejection_is_not(
    hub: GitHubServer,  # noqa: F811
    desk: Desk,  # noqa: F811
    verdict: str,
    merged: bool,
) -> None:
    head = publish(hub.git)
    number = hub.open(head)
    assert desk.act("merge", number, verdict) == 0
    assert not hub.merged
    hub.comment(number, f"/approve {head}", author="carol")
    hub.comments[-1]["user"]["id"] = 102
    hub.pulls[number]["labels"] = [{"name": f"gate: {verdict}"}]
    assert desk.run("recheck") == 0
    assert bool(hub.dispatched) is (verdict == "review"), "the comment starts the check again"
    assert desk.act("merge", number, verdict) == 0
    assert bool(hub.merged) is merged
