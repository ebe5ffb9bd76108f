"""mcp-registry pull-request merge, against a local git repository and a local GitHub API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.forge.desk import WAITING, Desk, a_report, clock, desk, hub, publish
from tests.forge.github_server import BASE, GitHubServer
from tests.registry import entry_file

__all__ = ["desk", "hub"]


class TestMerge:
    def merge(self, desk: Desk, number: int, verdict: str = "accept", **more: Any) -> int:
        return desk.act("merge", number, verdict, **more)

    def test_merges_exactly_the_checked_commit(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        head = publish(hub.git)
        number = hub.open(head)
        assert desk.act("merge", number, "accept", "--then", "publish.yml") == 0
        assert hub.merged == [(number, head)]
        assert "merged as " + hub.tip() in capsys.readouterr().out
        assert hub.git.git("show", "main:servers/com.example/weather/1.0.0.json")
        assert (
            hub.git.git("rev-parse", "main^@") == desk.base
        )  # one parent, and no commit of the head
        assert hub.git.git("rev-parse", "main^{tree}") == hub.git.git("rev-parse", f"{head}^{{tree}}")  # fmt: skip
        assert hub.pulls[number]["state"] == "closed"
        assert hub.tip() in hub.comments[-1]["body"]
        assert hub.dispatched == [("publish.yml", {"ref": "main", "inputs": {}})]

    @pytest.mark.parametrize("verdict", ["review", "reject"])
    def test_needs_the_verdict(self, hub: GitHubServer, desk: Desk, verdict: str, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        hub.pulls[number]["labels"] = [{"name": "gate: accept"}]
        assert self.merge(desk, number, verdict) == 0
        assert hub.merged == []
        assert f"not merged: the verdict is {verdict}" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"state": "closed"}, "it is closed"),
            ({"draft": True}, "it is a draft"),
            (
                {"base": {"ref": "old", "sha": "0" * 40, "repo": BASE}},
                "it is for the branch old, not main",
            ),
            ({"labels": [{"name": "gate: stop"}]}, "somebody stopped it"),
        ],
        ids=["closed", "draft", "other-branch", "stop-label"],
    )
    def test_is_held(self, hub: GitHubServer, desk: Desk, changed: dict[str, Any], reason: str, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git), **changed)
        assert desk.act("merge", number, "accept", "--then", "publish.yml") == 0
        assert f"not merged: {reason}" in capsys.readouterr().out
        assert hub.merged == hub.dispatched == []

    def test_head_moved_after_the_check(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        checked = publish(hub.git)
        number = hub.open(checked)
        desk.fetch(number)
        hub.push(number, publish(hub.git, "com.example/malware"))
        assert self.merge(desk, number, head=checked) == 0
        assert "its head moved" in capsys.readouterr().out
        assert hub.merged == []

    def test_head_moved_while_merging(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        other = publish(hub.git, "com.example/malware")
        hub.before_merge = lambda: hub.push(number, other)
        assert self.merge(desk, number) == 0
        assert "its head moved" in capsys.readouterr().out
        assert hub.merged == []

    def test_branch_moved_after_the_check(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        hub.git.commit(entry_file("com.example/other"))
        assert self.merge(desk, number) == 0
        assert "main moved from" in capsys.readouterr().out
        assert hub.merged == []

    @pytest.mark.parametrize(
        ("said", "merged"),
        [
            ([("mallory", "NONE", "/stop I was first")], False),
            ([("bob", "NONE", "Please look.\n/stop it is a look-alike")], False),
            ([("bob", "NONE", "/stop"), ("carol", "MEMBER", "/resume, checked")], True),
            ([("bob", "NONE", "/stop"), ("alice", "CONTRIBUTOR", "/resume")], False),
            (
                [("bob", "NONE", "/stop"), ("carol", "OWNER", "/resume"), ("bob", "NONE", "/stop")],
                False,
            ),
            ([("bob", "NONE", "do not /stop this")], True),
            ([("bob", "NONE", "/stopwatch")], True),
            ([("carol", "OWNER", "/resume")], True),
            ([("github-actions[bot]", "NONE", "/stop\nis what anyone may write")], True),
        ],
    )
    def test_public_stop(self, hub: GitHubServer, desk: Desk, said: list[tuple[str, str, str]], merged: bool) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        for author, association, body in said:
            hub.comment(number, body, author=author, association=association)
        desk.comment(number, reason="our own comment tells of\n/stop\nwithout meaning it")
        assert self.merge(desk, number) == 0
        assert bool(hub.merged) == merged

    @pytest.mark.parametrize("hub", [WAITING], indirect=True)
    def test_new_namespace_waits_from_when_this_head_was_first_seen(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        first = publish(hub.git)
        number = hub.open(first)
        clock(monkeypatch, 0)
        desk.comment(number, new=True)
        clock(monkeypatch, 71)
        self.merge(desk, number, new=True)
        assert (
            "com.example is new here: it waits until 2027-01-18T08:00:00Z"
            in capsys.readouterr().out
        )
        # A push starts the time again: the pull request's own age would let this in unseen.
        hub.push(number, publish(hub.git, "com.other/malware"))
        desk.comment(number, new=True)
        clock(monkeypatch, 73)
        self.merge(desk, number, new=True)
        assert hub.merged == []
        clock(monkeypatch, 71 + 72)
        self.merge(desk, number, new=True)
        assert len(hub.merged) == 1

    @pytest.mark.parametrize("hub", [WAITING], indirect=True)
    def test_waiting_time_cannot_be_forged_by_a_comment(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        head = publish(hub.git)
        number = hub.open(head)
        marker = json.dumps({"head": head, "since": 0})
        hub.comment(number, f"<!-- mcp-registry-gate {marker} -->", author="mallory")
        clock(monkeypatch, 0)
        self.merge(desk, number, new=True)
        assert hub.merged == []

    @pytest.mark.parametrize("hub", [WAITING], indirect=True)
    def test_known_namespace_does_not_wait(self, hub: GitHubServer, desk: Desk) -> None:
        assert self.merge(desk, hub.open(publish(hub.git))) == 0
        assert len(hub.merged) == 1

    def test_report_about_another_head_merges_nothing(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        other = {**a_report("accept", "", False), "head": "a" * 40}
        monkeypatch.setattr("tests.forge.desk.a_report", lambda *_: other)
        assert self.merge(desk, number) == 0
        assert "not merged: it could not be checked" in capsys.readouterr().out
        assert hub.merged == []

    def test_report_that_judges_nobody_merges_nothing(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        """As `check` prints it without --event."""
        number = hub.open(publish(hub.git))
        unjudged = {"version": 1, "verdict": "accept", "findings": []}
        monkeypatch.setattr("tests.forge.desk.a_report", lambda *_: unjudged)
        assert self.merge(desk, number) == 0
        assert "not merged: nobody judged" in capsys.readouterr().out
        assert hub.merged == []


class TestRecheck:
    def test_starts_the_check_for_what_was_accepted(self, hub: GitHubServer, desk: Desk) -> None:
        head = publish(hub.git)
        for label, state in (("accept", "open"), ("reject", "open"), ("accept", "closed")):
            hub.open(head, labels=[{"name": f"gate: {label}"}], state=state)
        assert desk.run("recheck") == 0
        inputs = {"ref": "main", "inputs": {"pull-request": "1"}}
        assert hub.dispatched == [("check.yml", inputs)]
