"""The steps of the workflows that act on a forge: each reads, decides (decision.py), writes.

Nothing here judges an entry: the verdict is what the checker of the base branch printed.
"""

from __future__ import annotations

from pydantic import ValidationError

from builder.forge import approval, decision
from builder.forge.decision import HOUR, LABEL, VERDICT_LABELS, Checked, Waiting
from builder.forge.forge import Forge, PullRequest
from builder.gate.report import json
from builder.gate.report.report import Report
from builder.git import settings, transfer
from builder.git.repository import Repository
from builder.model.finding import Finding
from builder.model.policy_settings import Policy
from builder.model.verdict import NamespaceVerdict, Verdict


def read_report(repository: Repository, base: str, head: str, data: bytes) -> Checked:
    """Read what `check --format json` printed on the change from `base` to `head`.

    What is no such report, as when the checker stopped early, or is about other commits, is none.
    """
    try:
        value = json.read(data)
    except ValidationError:
        return Checked(base=base, head=head, report=None)
    if (value.base, value.head) != (base, head) or not base:
        return Checked(base=base, head=head, report=None)
    report = Report(
        findings=tuple(
            Finding(**finding.model_dump(exclude={"url"})) for finding in value.findings
        ),
        verdict=value.verdict,
        checked=value.checked,
        base_url=settings.load_config(repository, base).base_url,
        reason=value.reason,
        base=value.base,
        head=value.head,
        namespaces=tuple(
            NamespaceVerdict(**namespace.model_dump()) for namespace in value.namespaces
        ),
    )
    return Checked(base=base, head=head, report=report)


def clear(forge: Forge, number: int, now: int) -> None:
    """Take back what was said of an earlier head, before this one is looked at.

    The verdict's label goes in any case: a check that ends without a verdict leaves none.
    """
    pull = forge.pull_request(number)
    for name in VERDICT_LABELS.intersection(pull.labels):
        forge.remove_label(number, name)
    ours = decision.gate_comment(forge.comments(number), forge.login)
    if ours is not None and decision.commented_head(ours) != pull.head:
        forge.edit_comment(number, ours.id, decision.checking_body(pull.head, now))


def comment(repository: Repository, forge: Forge, number: int, checked: Checked, now: int) -> None:
    """Write the gate's one comment, or edit it in place if it says something else now."""
    ours = decision.gate_comment(forge.comments(number), forge.login)
    body = decision.comment_body(
        checked, waiting(repository, checked, decision.first_seen(ours, checked.head, now)), now
    )
    if ours is None:
        forge.add_comment(number, body)
    elif ours.body != body:
        forge.edit_comment(number, ours.id, body)


def label(forge: Forge, number: int, checked: Checked) -> None:
    """Make the verdict's label the only one of the gate's, besides the stop label.

    Labels are added and removed one by one: to write all at once would undo what others do
    meanwhile.
    """
    wanted = decision.verdict_label(checked)
    current = forge.pull_request(number).labels
    for name in VERDICT_LABELS.intersection(current) - {wanted}:
        forge.remove_label(number, name)
    if wanted not in current:
        forge.add_label(number, wanted)


def recheck(forge: Forge, branch: str, workflow: str, policy: Policy) -> tuple[int, ...]:
    """Start the check again for every open pull request that was accepted or that a person approved.

    Returns their numbers. Labels and comments only choose what is worth another look: the verdict
    is computed anew.
    """
    pulls = forge.open_pull_requests(branch)
    numbers = tuple(pull.number for pull in pulls if _may_merge(forge, pull, policy))
    for number in numbers:
        check_again(forge, branch, workflow, number)
    return numbers


def _may_merge(forge: Forge, pull: PullRequest, policy: Policy) -> bool:
    if LABEL + Verdict.ACCEPT in pull.labels:
        return True
    if not policy.approvers or LABEL + Verdict.REVIEW not in pull.labels:
        return False
    comments = [*forge.comments(pull.number), *forge.reviews(pull.number)]
    return bool(approval.of_policy(comments, pull, policy))


def check_again(forge: Forge, branch: str, workflow: str, number: int) -> None:
    """Start the check of a pull request again, against the newest commit of the branch."""
    forge.dispatch(workflow, branch, {"pull-request": str(number)})


def propose(
    repository: Repository, forge: Forge, origin: str, branch: str, title: str
) -> int | None:
    """Push HEAD to a branch of our own and open a pull request from it, if there is none yet.

    Returns its number, or None where HEAD is what is published already.
    """
    head = repository.commit("HEAD")
    published = settings.load_config(repository, head).branch
    if forge.branch_head(published) == head:
        return None
    transfer.push(repository, origin, f"+{head}:refs/heads/{branch}", token=forge.token)
    return forge.open_pull_request(
        branch, published, title, f"Made by `{branch}`, a scheduled run."
    )


def waiting(repository: Repository, checked: Checked, since: int) -> Waiting:
    """Return how long a new namespace of a checked change is shown, and since when."""
    policy = settings.load_config(repository, checked.base or "HEAD").policy
    return Waiting(seconds=policy.new_namespace_hours * HOUR, since=since)
