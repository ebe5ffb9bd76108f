"""mcp-registry pull-request, against a local git repository and a local GitHub API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.ownership import pull_request_event
from tests.forge.github_server import BASE, BOT, REPOSITORY, TOKEN, GitHubServer, github
from tests.local_server import Reply, serving
from tests.registry import CONFIG, Registry, entry_file

WAITING = CONFIG + "policy:\n  new_namespace_hours: 72\n"


class Desk:
    """A runner's clone of the registry's main branch, and the commands that run in it."""

    def __init__(self, hub: GitHubServer, root: Path) -> None:
        self.hub, self.root = hub, root
        hub.git.git("clone", "--quiet", "--no-local", "--branch=main", str(hub.git.root), str(root))
        self.event = root.parent / "event.json"
        self.report = root.parent / "report.json"
        self.base = hub.tip()

    def run(self, *arguments: object) -> int:
        return cli.run(["pull-request", *map(str, arguments), "--root", str(self.root)])

    def fetch(self, number: int) -> int:
        return self.run("fetch", number, "--event", self.event, "--report", self.report)

    def act(self, step: str, number: int, verdict: str, *more: object, head: str = "", reason: str = "", new: bool = False) -> int:  # fmt: skip
        """Take a step on what the checker would have said of the head."""
        self.fetch(number)
        head = head or json.loads(self.event.read_text())["head"]
        commits = {"base": self.base, "head": head}
        self.report.write_text(json.dumps({**commits, **a_report(verdict, reason, new)}))
        return self.run(
            step, number, "--base", self.base, "--head", head, "--report", self.report, *more
        )

    def comment(self, number: int, verdict: str = "accept", **more: Any) -> int:
        return self.act("comment", number, verdict, **more)


def a_report(verdict: str, reason: str, new: bool) -> dict[str, Any]:
    namespace = {"namespace": "com.example", "verdict": verdict, "reason": "", "new": new}
    return {
        "version": 1, "verdict": verdict, "reason": reason, "findings": [], "namespaces": [namespace]
    }  # fmt: skip


@pytest.fixture
def hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GitHubServer]:
    config = getattr(request, "param", CONFIG)
    with github(tmp_path / "github", config) as (hub, _):
        yield hub


@pytest.fixture
def desk(hub: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GITHUB_API_URL", hub.url)
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    return Desk(hub, tmp_path / "desk")


def publish(git: Registry, name: str = "com.example/weather", version: str = "1.0.0") -> str:
    """A commit beside main that adds an entry; main stays where it is."""
    git.git("checkout", "--quiet", "--detach", "main")
    head = git.commit(entry_file(name, version))
    git.git("checkout", "--quiet", "main")
    return head


def clock(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000 + hours * 3600)


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
        assert [one["body"] for one in hub.comments if one["author_association"] != "NONE"] == []
        ours = [one for one in hub.comments if one["user"]["login"] == BOT]
        assert len(ours) == 1
        assert "Second." in ours[0]["body"]

    def test_of_a_stranger_with_our_marker_is_not_ours(self, hub: GitHubServer, desk: Desk) -> None:
        number = hub.open(publish(hub.git))
        forged = '<!-- mcp-registry-gate {"head": "x", "since": 0} -->'
        hub.comment(number, forged, author="mallory")
        desk.comment(number)
        assert [one["user"]["login"] for one in hub.comments] == ["mallory", BOT]
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
        monkeypatch.setattr(f"{__name__}.a_report", lambda *_: other)
        assert self.merge(desk, number) == 0
        assert "not merged: it could not be checked" in capsys.readouterr().out
        assert hub.merged == []

    def test_report_that_judges_nobody_merges_nothing(self, hub: GitHubServer, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        """As `check` prints it without --event."""
        number = hub.open(publish(hub.git))
        unjudged = {"version": 1, "verdict": "accept", "findings": []}
        monkeypatch.setattr(f"{__name__}.a_report", lambda *_: unjudged)
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
