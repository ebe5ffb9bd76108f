"""What is said on a pull request, and when it may be merged: decisions as functions of values.

The verdict comes from the checker. Here it becomes one comment and one label, and a merge is
held back by a stop, by a waiting time, or by anything that moved since the check. Nothing on
the pull request can turn a verdict into a better one, unless the settings name who may approve;
labels and comments of others can only hold back.
Without a report there is no verdict, and that is said too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from builder.forge.forge import Comment, PullRequest
from builder.gate.report import markdown
from builder.gate.report.report import Report
from builder.model import timestamp
from builder.model.verdict import Verdict

LABEL = "gate: "
STOP_LABEL = "gate: stop"
UNCHECKED = "unchecked"
VERDICT_LABELS = frozenset(LABEL + word for word in (*Verdict, UNCHECKED))
HOUR = 3600

_MARKER = re.compile(r"\A<!-- mcp-registry-gate (\{.*?\}) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was checked: two commits, and the checker's report on going from one to the other.

    Without a report it could not be checked.
    """

    base: str
    head: str
    report: Report | None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the change as a whole."""
        return self.report.verdict if self.report else None

    @property
    def waiting(self) -> tuple[tuple[str, str], ...]:
        """The namespaces whose change others should have time to object to, each with the reason."""
        namespaces = self.report.namespaces if self.report else ()
        return tuple(
            (judged.namespace, judged.waits or "is new here")
            for judged in namespaces
            if judged.new or judged.waits
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """For how many seconds a change is shown that others may object to, and since when."""

    seconds: int
    since: int

    @property
    def until(self) -> int:
        """The time (seconds since 1970) from which a merge is allowed."""
        return self.since + self.seconds


def gate_comment(comments: Iterable[Comment], bot: str) -> Comment | None:
    """Return our comment: its hidden marker can be copied, so its author must be us too."""
    ours = (
        comment for comment in comments if comment.author == bot and _MARKER.match(comment.body)
    )
    return next(ours, None)


def commented_head(comment: Comment) -> str:
    """Return the head that our comment is about."""
    return str(_recorded(comment).get("head", ""))


def first_seen(comment: Comment | None, head: str, now: int) -> int:
    """Return the time at which the gate first saw exactly this head: `now` unless it is recorded.

    Neither the pull request's age nor a commit's date would do: one can be opened early and
    pushed to late, the other is written by the publisher.
    """
    recorded = _recorded(comment) if comment else {}
    return int(recorded["since"]) if recorded.get("head") == head else now


def comment_body(checked: Checked, waiting: Waiting, now: int) -> str:
    """Write the comment: hidden marker, report (Markdown), and what happens next."""
    if checked.report is None:
        return _marked(checked.head, waiting.since, _NOT_CHECKED)
    report = _cut(markdown.render(checked.report))
    notes = [_NEXT[checked.report.verdict], *_waiting_note(checked, waiting, now)]
    return _marked(checked.head, waiting.since, report, "---", *notes)


def checking_body(head: str, since: int) -> str:
    """Write the comment on a head that is being checked: what it said of another holds no more."""
    return _marked(head, since, f"Commit `{head[:12]}` is being checked.")


def _marked(head: str, since: int, *parts: str) -> str:
    marker = json.dumps({"head": head, "since": since})
    return "\n\n".join([f"<!-- mcp-registry-gate {marker} -->", *parts]) + "\n"


def _recorded(comment: Comment) -> dict[str, str | int]:
    match = _MARKER.match(comment.body)
    return dict(json.loads(match[1])) if match else {}


def _cut(report: str) -> str:
    if len(report) <= markdown.COMMENT:
        return report.strip()
    whole_lines = report[: markdown.COMMENT].rpartition("\n")[0]
    return f"{whole_lines}\n\n*Cut here: the summary of the run has the whole report.*"


_NOT_CHECKED = (
    "**This could not be checked.** The checker ended without a report on this commit, so there is "
    "no verdict, and nothing is merged. A maintainer looks at the log of the run; a new push, or "
    "running the workflow again, checks again."
)

_NEXT = {
    Verdict.ACCEPT: "**What happens next:** every rule holds and the namespace is proved. "
    "This is merged automatically where the registry does so, otherwise by a maintainer.",
    Verdict.REVIEW: "**What happens next:** a maintainer looks at this. You need do nothing for now.",
    Verdict.REJECT: "**What happens next:** fix what is listed above and push again; "
    "this comment then updates itself.",
}


def _waiting_note(checked: Checked, waiting: Waiting, now: int) -> list[str]:
    if checked.verdict is not Verdict.ACCEPT or not checked.waiting or waiting.until <= now:
        return []
    changes = "; ".join(f"{markdown.span(name)} {why}" for name, why in checked.waiting)
    return [
        f"{changes}, so this waits until {_time(waiting.until)} "
        "for objections. Anyone can stop it with a comment that has a line starting with `/stop` "
        "and says why; a maintainer can lift that with `/resume`."
    ]


def verdict_label(checked: Checked) -> str:
    """Return the label that says what came of the check."""
    return LABEL + (checked.verdict or UNCHECKED)


def reason_to_hold(
    checked: Checked,
    pull: PullRequest,
    *,
    branch: str,
    stopped: bool,
    waiting: Waiting,
    now: int,
    approved: bool = False,
) -> str:
    """Return why a pull request is not merged now; "" if it may be.

    `branch` is the branch that is published, `stopped` whether somebody stopped it, `approved`
    whether one of those whom the settings name looked at exactly this head.
    """
    passes = checked.verdict is Verdict.ACCEPT or (approved and checked.verdict is Verdict.REVIEW)
    reasons = (
        (checked.verdict is None, "it could not be checked"),
        (not passes, f"the verdict is {checked.verdict}"),
        (
            not (checked.report and checked.report.namespaces),
            "nobody judged who may publish what it holds",
        ),
        (not pull.open, "it is closed"),
        (pull.draft, "it is a draft"),
        (pull.base != branch, f"it is for the branch {pull.base}, not {branch}"),
        (pull.head != checked.head, f"its head moved from {checked.head} to {pull.head}"),
        (stopped or STOP_LABEL in pull.labels, "somebody stopped it"),
        (
            bool(checked.waiting) and now < waiting.until,
            f"{'; '.join(f'{name} {why}' for name, why in checked.waiting)}: "
            f"it waits until {_time(waiting.until)}",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")


def merge_message(checked: Checked, number: int) -> str:
    """Write the message of the commit that merges: nothing in it is a publisher's text.

    A forge acts on words in messages, such as `[skip ci]` or `fixes #7`.
    """
    namespaces = checked.report.namespaces if checked.report else ()
    names = [judged.namespace for judged in namespaces]
    subject = names[0] if len(names) == 1 else f"{len(names)} namespaces"
    listed = "".join(f"* {name}\n" for name in names)
    return f"Publish {subject} (#{number})\n\n{listed}\nHead: {checked.head}\n"


def _time(seconds: int) -> str:
    return timestamp.render(timestamp.from_git(seconds))
