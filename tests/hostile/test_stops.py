"""What stops a merge: a request without a report, and words of those who may say stop."""

from __future__ import annotations

import random
from typing import Any

import pytest

from builder import cli
from builder.forge.forge import Comment
from builder.forge.public_stop import stopped
from tests.forge.desk import Desk, desk, publish
from tests.forge.github_server import GitHubServer
from tests.forge.workflows.conftest import runner
from tests.forge.workflows.playing import MERGING, check, log, proposal, publication, script
from tests.hostile import plumbing
from tests.hostile.heads import MIB, branch, entry_command, hub

__all__ = ["desk", "hub", "runner"]


class TestNoReport:
    def test_a_head_that_ends_the_checker_keeps_no_earlier_verdict(self, hub: GitHubServer, runner: Any) -> None:  # fmt: skip
        number = hub.open(proposal(hub, publication()))
        assert check(runner, number)["gate"].result == "success"
        assert hub.labels(number) == ["gate: accept"]
        real = (runner.commands / "mcp-registry").resolve()
        (runner.commands / "mcp-registry").unlink()
        script(runner.commands / "mcp-registry", f'test "$1" = check && kill -9 $$\nexec {real} "$@"')  # fmt: skip
        hub.push(number, proposal(hub, publication(version="1.1.0")))
        runner.variables = MERGING
        jobs = check(runner, number)
        assert jobs["gate"].result == "failure"
        assert hub.labels(number) == ["gate: unchecked"]
        (comment,) = hub.comments
        assert "This could not be checked" in comment["body"]
        assert "What happens next" not in comment["body"]
        assert hub.merged == []

    def test_a_job_that_ends_at_once_leaves_no_verdict(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        assert desk.comment(number) == desk.act("label", number, "accept") == 0
        hub.push(number, publish(hub.git, version="1.1.0"))
        assert desk.run("clear", number)  # this command names no --root
        assert cli.run(["pull-request", "clear", str(number)]) == 0
        assert hub.labels(number) == []
        assert "is being checked" in hub.comments[0]["body"]

    def test_a_head_too_large_to_fetch_is_rejected_and_says_why(self, hub: GitHubServer, runner: Any) -> None:  # fmt: skip
        noise = random.Random(1).randbytes(20 * MIB)
        number = hub.open(branch(hub, plumbing.inline("big", noise), b"D big\n", entry_command()))
        jobs = check(runner, number)
        assert jobs["gate"].result == "failure"
        assert hub.labels(number) == ["gate: reject"], log(jobs["gate"])
        assert "more than 16 MiB" in hub.comments[0]["body"]

    def test_a_stop_label_set_meanwhile_stays(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git), labels=[{"name": "gate: reject"}])
        stop = {"name": "gate: stop"}
        hub.before_push = lambda: (
            stop in hub.pulls[number]["labels"] or hub.pulls[number]["labels"].append(stop)
        )
        assert desk.act("label", number, "accept") == 0
        assert sorted(hub.labels(number)) == ["gate: accept", "gate: stop"]


BOT, PEOPLE = "github-actions[bot]", ("owner", "member", "collaborator")


def said(body: str, association: str = "NONE", *, id: int = 1, at: int = 1, changed: int = 0) -> Comment:  # fmt: skip
    return Comment(
        id=at,
        author="someone",
        author_id=id,
        association=association,
        body=body,
        created=f"2025-01-01T00:00:{at:02}Z",
        changed=f"2025-01-01T00:00:{changed or at:02}Z",
    )


class TestStop:
    @pytest.mark.parametrize(
        "body",
        [
            "/stop",
            "  /stop",
            "\t/Stop please",
            "/STOP!",
            "**/stop**",
            "`/stop`",
            "> /stop",
            "- /stop",
            "1. /stop",
            "# /stop",
            "| /stop |",
            "<b>/stop</b>",
            "<!-- x --> /stop",
            "```\n/stop\n```",
            "It is a copy.\r\n/stop",
            "It is a copy.\r/stop",
            "/ stop",
            "\u200b/stop",
            "\ufeff/st\u200dop",
            "／ｓｔｏｐ",
            "👋 /stop",
            "~~x~~\n*  _/stop_",
        ],
    )
    def test_is_understood(self, body: str) -> None:
        assert stopped([said(body)], BOT, PEOPLE)

    @pytest.mark.parametrize("body", ["do not /stop this", "/stopwatch", "stop", "a/stop", ""])
    def test_is_not_read_into_other_words(self, body: str) -> None:
        assert not stopped([said(body)], BOT, PEOPLE)

    @pytest.mark.parametrize(
        ("text", "resumed"),
        [("/resume", True), (" **/resume**", True), ("> /resume", False), ("<!-- -->/resume", False)],
    )  # fmt: skip
    def test_is_lifted_by_a_plain_word_only(self, text: str, resumed: bool) -> None:
        words = [said("/stop"), said(text, "MEMBER", at=2)]
        assert stopped(words, BOT, PEOPLE) is not resumed

    def test_order_is_of_time_and_not_of_kind(self) -> None:
        words = [said("/resume", "OWNER", at=1), said("/stop", at=2)]
        assert stopped(words, BOT, PEOPLE)
        assert stopped(words[::-1], BOT, PEOPLE)

    def test_an_edited_comment(self) -> None:
        """A stop counts from its last edit, a resumption written into an old comment from its first."""
        resume = said("/resume", "OWNER", at=3)
        assert stopped([said("/stop", at=1, changed=4), resume], BOT, PEOPLE)
        late = said("/resume", "OWNER", at=1, changed=4)
        assert stopped([said("/stop", at=2), late], BOT, PEOPLE)

    def test_who_may_resume_is_a_setting(self) -> None:
        words = [said("/stop"), said("/resume", "COLLABORATOR", id=7, at=2)]
        assert not stopped(words, BOT, PEOPLE)
        assert stopped(words, BOT, ("owner",))
        assert not stopped(words, BOT, ("owner", 7))
        assert stopped(words, BOT, ())

    @pytest.mark.parametrize("line", [False, True], ids=["review", "line"])
    def test_in_a_review(self, hub: GitHubServer, desk: Desk, line: bool) -> None:
        number = hub.open(publish(hub.git))
        hub.review(number, "/stop: a copy", author="bob", line=line)
        assert desk.act("merge", number, "accept") == 0
        assert hub.merged == []

    @pytest.mark.parametrize(
        "body", ["<1" * 32_000, "<1>" * 21_000, "\n" * 65_000, "/ " * 32_000, "> " * 32_000 + "x"]
    )
    def test_a_long_comment_costs_no_more_than_its_length(self, body: str) -> None:
        assert not stopped([said(body)] * 20, BOT, PEOPLE)
