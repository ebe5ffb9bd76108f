"""What is said on a pull request, and when it may be merged: decisions as functions of values.

The verdict comes from the checker. Here it becomes one comment and one label, and a merge is
held back by a stop, by a waiting time, or by anything that moved since the check. Nothing on
the pull request can turn a verdict into a better one; labels and comments can only hold back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.forge.github import Comment, PullRequest
from builder.gate.report import markdown
from builder.gate.report.report import Report
from builder.model import timestamp
from builder.model.verdict import Verdict

LABEL = "gate: "
STOP_LABEL = "gate: stop"
HOUR = 3600

_MARKER = re.compile(r"\A<!-- mcp-registry-gate (\{.*?\}) -->")
_STOP = re.compile(r"^/stop\b", re.MULTILINE)
_RESUME = re.compile(r"^/resume\b", re.MULTILINE)
_MAINTAINERS = {"OWNER", "MEMBER", "COLLABORATOR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was checked: two commits, and the checker's report on going from one to the other."""

    base: str
    head: str
    report: Report

    @property
    def verdict(self) -> Verdict:
        """The verdict on the change as a whole."""
        return self.report.verdict

    @property
    def new(self) -> tuple[str, ...]:
        """The namespaces that had nothing in the base commit."""
        return tuple(one.namespace for one in self.report.namespaces if one.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """For how many seconds a new namespace is shown before it may be merged, and since when."""

    seconds: int
    since: int

    @property
    def until(self) -> int:
        """The time (seconds since 1970) from which a merge is allowed."""
        return self.since + self.seconds


def gate_comment(comments: Iterable[Comment], bot: str) -> Comment | None:
    """Find our comment: its hidden marker can be copied, so its author must be us too."""
    ours = (one for one in comments if one.author == bot and _MARKER.match(one.body))
    return next(ours, None)


def first_seen(comment: Comment | None, head: str, now: int) -> int:
    """Give the time at which the gate first saw exactly this head: `now` unless it is recorded.

    Neither the pull request's age nor a commit's date would do: one can be opened early and
    pushed to late, the other is written by the publisher.
    """
    found = _MARKER.match(comment.body) if comment else None
    recorded = json.loads(found[1]) if found else {}
    return int(recorded["since"]) if recorded.get("head") == head else now


def comment_body(checked: Checked, waiting: Waiting, now: int) -> str:
    """Write the comment: hidden marker, report (Markdown), and what happens next."""
    marker = json.dumps({"head": checked.head, "since": waiting.since})
    notes = [_NEXT[checked.verdict], *_waiting_note(checked, waiting, now)]
    parts = [
        f"<!-- mcp-registry-gate {marker} -->",
        _cut(markdown.render(checked.report)),
        "---",
        *notes,
    ]
    return "\n\n".join(parts) + "\n"


def _cut(report: str) -> str:
    if len(report) <= markdown.COMMENT:
        return report.strip()
    whole_lines = report[: markdown.COMMENT].rpartition("\n")[0]
    return f"{whole_lines}\n\n*Cut here: the summary of the run has the whole report.*"


_NEXT = {
    Verdict.ACCEPT: "**What happens next:** every rule holds and the namespace is proved. "
    "This is merged automatically where the registry does so, otherwise by a maintainer.",
    Verdict.REVIEW: "**What happens next:** a maintainer looks at this. You need do nothing for now.",
    Verdict.REJECT: "**What happens next:** fix what is listed above and push again; "
    "this comment then updates itself.",
}


def _waiting_note(checked: Checked, waiting: Waiting, now: int) -> list[str]:
    if checked.verdict is not Verdict.ACCEPT or not checked.new or waiting.until <= now:
        return []
    names = ", ".join(f"`{name}`" for name in checked.new)
    return [
        f"{names} is new here, so this waits until {_time(waiting.until)} "
        "for objections. Anyone can stop it with a comment that has a line starting with `/stop` "
        "and says why; a maintainer can lift that with `/resume`."
    ]


def gate_labels(current: Iterable[str], verdict: Verdict) -> tuple[str, ...]:
    """Replace the label of an earlier verdict; every other label stays, the stop label too."""
    kept = (name for name in current if name == STOP_LABEL or not name.startswith(LABEL))
    return (*kept, LABEL + verdict)


def stopped(labels: Iterable[str], comments: Iterable[Comment], bot: str) -> bool:
    """Tell whether somebody stopped the automatic merge and no maintainer lifted it since.

    Anyone may stop it, since the worst that follows is that a person looks.
    """
    stop = False
    for comment in comments:
        if comment.author == bot:
            continue
        if _STOP.search(comment.body):
            stop = True
        elif _RESUME.search(comment.body) and comment.association in _MAINTAINERS:
            stop = False
    return stop or STOP_LABEL in labels


def reason_to_hold(
    checked: Checked,
    pull: PullRequest,
    *,
    branch: str,
    tip: str,
    stopped: bool,
    waiting: Waiting,
    now: int,
) -> str:
    """Say why a pull request is not merged now; "" if it may be.

    `branch` is the branch that is published and `tip` its newest commit.
    """
    reasons = (
        (checked.verdict is not Verdict.ACCEPT, f"the verdict is {checked.verdict}"),
        (not checked.report.namespaces, "nobody judged who may publish what it holds"),
        (not pull.open, "it is closed"),
        (pull.draft, "it is a draft"),
        (pull.base != branch, f"it is for the branch {pull.base}, not {branch}"),
        (pull.head != checked.head, f"its head moved from {checked.head} to {pull.head}"),
        (tip != checked.base, f"{branch} moved from {checked.base} to {tip} since the check"),
        (stopped, "somebody stopped it"),
        (
            bool(checked.new) and now < waiting.until,
            f"{', '.join(checked.new)} is new: it waits until {_time(waiting.until)}",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _time(seconds: int) -> str:
    return timestamp.render(timestamp.from_git(seconds))
