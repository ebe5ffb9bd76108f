"""The steps of the workflows that act on GitHub: each reads, decides (pull_request.py), writes.

Nothing here judges an entry: the verdict is what the checker of the base branch printed.
"""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError

from builder.forge import decision
from builder.forge.decision import HOUR, LABEL, Checked, Waiting
from builder.forge.github import GitHub, PullRequest, Refused
from builder.gate.report import json
from builder.gate.report.report import Report
from builder.git import settings, transfer
from builder.git.repository import Repository
from builder.model.errors import RegistryError
from builder.model.finding import Finding
from builder.model.verdict import NamespaceVerdict, Verdict

_NOT_MERGEABLE, _HEAD_MOVED = 405, 409


def fetch(
    repository: Repository, github: GitHub, number: int, origin: str, trigger: bytes
) -> tuple[str, bytes]:
    """Fetch a pull request's commits from a remote as git objects; nothing is checked out.

    Gives its head and its facts as JSON in the shape of a pull_request_target event. They are
    read anew, except for who pushed: only the event that started the workflow (`trigger`) knows,
    and it counts while its head is still the head. Raises RepositoryError if the head moved
    meanwhile, so that its objects are not what was fetched.
    """
    pull = github.pull_request(number)
    # What is fetched stays reachable under a ref of our own: no clean-up takes it away.
    refspec = f"+refs/pull/{number}/head:refs/mcp-registry/pull/{number}"
    transfer.fetch(repository, origin, refspec, token=github.token)
    event = {"number": number, "pull_request": pull.document, **_pusher(trigger, pull)}
    return repository.commit(pull.head), orjson.dumps(event)


def _pusher(trigger: bytes, pull: PullRequest) -> dict[str, Any]:
    event = orjson.loads(trigger or b"{}")
    told = event.get("pull_request") or {}
    if told.get("number") != pull.number or told["head"]["sha"] != pull.head:
        return {}
    return {key: event[key] for key in ("action", "sender") if key in event}


def read_report(repository: Repository, base: str, head: str, data: bytes) -> Checked:
    """Read what `check --format json` printed on the change from `base` to `head`.

    Raises RegistryError if it is no such report, as when the checker stopped early, or if it is
    about other commits.
    """
    try:
        value = json.read(data)
    except ValidationError as error:
        raise RegistryError("this is not a report of `check --format json`") from error
    if (value.base, value.head) != (base, head):
        raise RegistryError(
            f"the report is about {value.base}..{value.head} and not about {base}..{head}",
            help="check again",
        )
    report = Report(
        findings=tuple(Finding(**one.model_dump(exclude={"url"})) for one in value.findings),
        verdict=value.verdict,
        checked=value.checked,
        base_url=settings.load_config(repository, base).base_url,
        reason=value.reason,
        base=value.base,
        head=value.head,
        namespaces=tuple(NamespaceVerdict(**one.model_dump()) for one in value.namespaces),
    )
    return Checked(base=base, head=head, report=report)


def comment(
    repository: Repository, github: GitHub, number: int, checked: Checked, now: int
) -> None:
    """Write the gate's one comment, or edit it in place if it says something else now."""
    ours = decision.gate_comment(github.comments(number), github.login)
    waiting = _waiting(repository, checked, decision.first_seen(ours, checked.head, now))
    body = decision.comment_body(checked, waiting, now)
    if ours is None:
        github.add_comment(number, body)
    elif ours.body != body:
        github.edit_comment(ours.id, body)


def label(github: GitHub, number: int, checked: Checked) -> None:
    """Make the verdict's label the only one of the gate's, besides the stop label."""
    current = github.pull_request(number).labels
    labels = decision.gate_labels(current, checked.verdict)
    if set(labels) != set(current):
        github.set_labels(number, labels)


def merge(
    repository: Repository, github: GitHub, number: int, checked: Checked, now: int
) -> tuple[str, str]:
    """Merge exactly the checked commit, if nothing holds it back.

    Gives (merge commit, "") or ("", the reason why not).
    """
    comments = github.comments(number)
    pull = github.pull_request(number)
    branch = settings.load_config(repository, checked.base).branch
    ours = decision.gate_comment(comments, github.login)
    reason = decision.reason_to_hold(
        checked,
        pull,
        branch=branch,
        tip=github.branch_head(branch),
        stopped=decision.stopped(pull.labels, comments, github.login),
        waiting=_waiting(repository, checked, decision.first_seen(ours, checked.head, now)),
        now=now,
    )
    if reason:
        return "", reason
    try:
        return github.merge(number, checked.head), ""
    except Refused as error:
        if error.status not in (_NOT_MERGEABLE, _HEAD_MOVED):
            raise
        return "", error.message


def recheck(github: GitHub, branch: str, workflow: str) -> tuple[int, ...]:
    """Start the check again for every open pull request that was accepted; give their numbers.

    The label only chooses what is worth another look: the verdict is computed anew.
    """
    pulls = github.open_pull_requests(branch)
    numbers = tuple(pull.number for pull in pulls if LABEL + Verdict.ACCEPT in pull.labels)
    for number in numbers:
        github.dispatch(workflow, branch, {"pull-request": str(number)})
    return numbers


def propose(
    repository: Repository, github: GitHub, origin: str, branch: str, title: str
) -> int | None:
    """Push HEAD to a branch of our own and open a pull request from it, if there is none yet.

    Gives its number, or None where HEAD is what is published already.
    """
    head = repository.commit("HEAD")
    published = settings.load_config(repository, head).branch
    if github.branch_head(published) == head:
        return None
    transfer.push(repository, origin, f"+{head}:refs/heads/{branch}", token=github.token)
    return github.open_pull_request(
        branch, published, title, f"Made by `{branch}`, a scheduled run."
    )


def _waiting(repository: Repository, checked: Checked, since: int) -> Waiting:
    hours = settings.load_config(repository, checked.base).policy.new_namespace_hours
    return Waiting(seconds=hours * HOUR, since=since)
