"""mcp-registry pull-request, against a local git repository and a local GitHub API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.ownership import pull_request_event
from tests.forge.desk import WAITING, Desk, clock, desk, hub, publish
from tests.forge.github_server import BOT, GitHubServer
from tests.local_server import Reply, serving
from tests.registry import Registry, entry_file

__all__ = ["desk", "hub"]


class TestFetch:
    def test_brings_objects_and_touches_no_file(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        head = publish(hub.git)
        assert desk.fetch(hub.open(head)) == 0
        assert capsys.readouterr().out == f"base={desk.base}\nhead={head}\n"
        assert not (desk.root / "servers").exists()
        assert Registry.git(hub.git, "-C", str(desk.root), "cat-file", "-t", head) == "commit"
        assert hub.git.git("-C", str(desk.root), "status", "--porcelain") == ""

    def test_event_says_who_proposes_it_in_the_form_of_every_forge(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        desk.fetch(hub.open(publish(hub.git), author="Alice", id=7))
        event = json.loads(desk.event.read_text())
        alice = {"login": "Alice", "id": 7, "type": "User", "host": "github.com", "forge": "github"}
        alice |= {"administered": False}
        assert event["author"] == event["head_owner"] == alice
        assert (event["host"], event["base"], event["internal"]) == ("github.com", "main", False)
        assert pull_request_event.read_claim(desk.event.read_bytes()).accounts[0].id == 7

    @pytest.mark.parametrize("still_head", [True, False], ids=["same-head", "moved-head"])
    def test_who_pushed_is_believed_for_that_head_only(self, hub: GitHubServer, desk: Desk, still_head: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        head = publish(hub.git)
        number = hub.open(head)
        told = head if still_head else desk.base
        trigger = tmp_path / "trigger.json"
        sender = {"login": "alice", "id": 583231}
        facts = {"number": number, "head": {"sha": told}}
        trigger.write_text(
            json.dumps({"action": "synchronize", "sender": sender, "pull_request": facts})
        )
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(trigger))
        desk.fetch(number)
        event = json.loads(desk.event.read_text())
        assert (event["pusher"] or {}).get("id") == (sender["id"] if still_head else None)
        assert event["head"] == head

    def test_unknown_pull_request(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        assert desk.fetch(77) == 2
        assert "404" in capsys.readouterr().err

    def test_malformed_objects_are_refused(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        """A tree with an entry `.git`, which git itself would never write."""
        blob = hub.git.git("hash-object", "-w", "--stdin", input=b"[core]\n")
        raw = b"100644 .git\0" + bytes.fromhex(blob)
        tree = hub.git.git("hash-object", "-w", "--literally", "-t", "tree", "--stdin", input=raw)
        head = hub.git.git("commit-tree", tree, "-p", "main", "-m", "evil")
        assert desk.fetch(hub.open(head)) == 2
        assert "error: git fetch" in capsys.readouterr().err
        assert not desk.event.exists()

    def test_without_token(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        monkeypatch.delenv("GITHUB_TOKEN")
        assert desk.fetch(1) == 2
        assert "no token" in capsys.readouterr().err

    def test_token_is_never_shown(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        monkeypatch.setenv("GITHUB_TOKEN", "ghs_secret")
        assert desk.fetch(hub.open(publish(hub.git))) == 2
        shown = capsys.readouterr()
        assert "401" in shown.err
        assert "ghs_secret" not in shown.out + shown.err


class TestComment:
    def test_is_one_and_edited_in_place(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        assert desk.comment(number, "reject", reason="Wrong.") == 0
        assert desk.comment(number, "accept", reason="Right.") == 0
        (only,) = hub.comments
        assert "Right." in only["body"]
        assert "Wrong." not in only["body"]
        assert only["body"].startswith("<!-- mcp-registry-gate ")

    def test_is_not_touched_when_nothing_changed(self, hub: GitHubServer, desk: Desk, tmp_path: Path) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        desk.comment(number)
        before = hub.comments[0]["body"]
        hub.edit_comment = None  # type: ignore[assignment, method-assign]
        assert desk.comment(number) == 0
        assert hub.comments[0]["body"] == before

    def test_is_found_behind_many_others(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        for count in range(250):
            hub.comment(number, f"chatter {count}", author="bob")
        desk.comment(number, reason="First.")
        desk.comment(number, reason="Second.")
        assert [
            comment["body"] for comment in hub.comments if comment["author_association"] != "NONE"
        ] == []
        ours = [comment for comment in hub.comments if comment["user"]["login"] == BOT]
        assert len(ours) == 1
        assert "Second." in ours[0]["body"]

    def test_of_a_stranger_with_our_marker_is_not_ours(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        forged = '<!-- mcp-registry-gate {"head": "x", "since": 0} -->'
        hub.comment(number, forged, author="mallory")
        desk.comment(number)
        assert [comment["user"]["login"] for comment in hub.comments] == ["mallory", BOT]
        assert hub.comments[0]["body"] == forged

    @pytest.mark.parametrize("hub", [WAITING], indirect=True)
    def test_says_until_when_a_new_namespace_waits(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        clock(monkeypatch, 0)
        desk.comment(number, new=True)
        assert "`com.example` is new here" in hub.comments[0]["body"]
        assert "2027-01-18T08:00:00Z" in hub.comments[0]["body"]
        assert "/stop" in hub.comments[0]["body"]
        clock(monkeypatch, 73)
        desk.comment(number, new=True)
        assert "is new here" not in hub.comments[0]["body"]

    def test_of_a_very_long_report_fits(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        assert desk.comment(number, reason="- one more finding\n" * 10_000) == 0
        body = hub.comments[0]["body"]
        assert len(body) < 65_536
        assert "Cut here" in body
        assert "What happens next" in body

    def test_of_a_checker_that_stopped_early(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        assert desk.comment(number, "excellent") == 0
        (only,) = hub.comments
        assert "This could not be checked" in only["body"]
        assert "What happens next" not in only["body"]


class TestLabel:
    def test_replaces_the_verdict_and_nothing_else(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        hub.pulls[number]["labels"] = [
            {"name": name} for name in ("bug", "gate: reject", "gate: stop")
        ]
        assert desk.act("label", number, "accept") == 0
        assert hub.labels(number) == ["bug", "gate: stop", "gate: accept"]
        assert desk.act("label", number, "review") == 0
        assert hub.labels(number) == ["bug", "gate: stop", "gate: review"]


class TestPropose:
    def test_pushes_and_opens_one_pull_request(self, hub: GitHubServer, desk: Desk) -> None:
        assert desk.run("propose", "mirror", "--title", "Mirror") == 0
        assert hub.pulls == {}
        local = Registry(desk.root, "")
        for count in (1, 2):
            head = local.commit(entry_file(version=f"{count}.0.0"))
            arguments = ("propose", "mirror", "--title", "Mirror", "--then", "check.yml")
            assert desk.run(*arguments) == 0
            assert hub.tip("mirror") == head
            assert len(hub.pulls) == 1
        assert hub.dispatched[-1] == ("check.yml", {"ref": "main", "inputs": {"pull-request": "1"}})


class TestApi:
    def test_answer_that_is_no_json(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        with serving(lambda request: Reply(b"<html>")) as server:
            monkeypatch.setenv("GITHUB_API_URL", server.url)
            assert desk.fetch(1) == 2
        assert "error: GET" in capsys.readouterr().err

    def test_post_is_never_sent_twice(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
        asked: list[str] = []

        def flaky(request: Any) -> Reply:
            asked.append(request.method)
            return Reply(b"{}", 502) if request.method == "POST" else hub.answer(request)

        number = hub.open(publish(hub.git))
        with serving(flaky) as server:
            monkeypatch.setenv("GITHUB_API_URL", server.url)
            assert desk.comment(number) == 2
        assert asked.count("POST") == 1
