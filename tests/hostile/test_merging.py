"""Attacks on what is merged, and when: histories, other people's requests, races, labels, words."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest

from tests.forge.desk import Desk, desk, publish
from tests.forge.github_server import GitHubServer
from tests.forge.workflows.conftest import runner
from tests.forge.workflows.playing import BIN, MERGING, check, proposal, publication, script
from tests.hostile import plumbing
from tests.hostile.heads import ENTRY, MIB, branch, entry_command, has, hub
from tests.registry import entry_file

__all__ = ["desk", "hub", "runner"]


class TestHistory:
    def test_no_commit_of_the_head_becomes_part_of_the_branch(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        middle = plumbing.inline(".github/workflows/x.yml", b"on: push") + plumbing.inline(
            "servers/com.other/x/1.0.0.json", b"{}"
        )
        head = branch(hub, middle, b"D .github\nD servers\n", entry_command())
        number = hub.open(head)
        assert desk.act("merge", number, "accept") == 0
        assert hub.git.git("rev-parse", "main^@") == desk.base
        assert hub.git.git("diff", "--name-only", "main^", "main") == ENTRY
        reachable = hub.git.git("rev-list", "--objects", "main").split()
        assert not {head, hub.git.git("rev-parse", f"{head}~2:.github/workflows/x.yml")} & {
            *reachable
        }

    def test_the_author_is_kept_and_the_words_are_ours(self, hub: GitHubServer, desk: Desk) -> None:
        head = branch(hub, entry_command())
        number = hub.open(head, title="[skip ci] fixes #7")
        assert desk.act("merge", number, "accept") == 0
        assert hub.git.git("log", "-1", "--format=%an <%ae>", "main") == "Mallory <m@example.com>"
        message = hub.git.git("log", "-1", "--format=%B", "main")
        assert message == f"Publish com.example (#{number})\n\n* com.example\n\nHead: {head}"

    @pytest.mark.parametrize("name", [b"", b".", b"\x01", b"\xff\xfe", b"x" * 100_000])
    def test_an_author_without_a_usable_name(self, hub: GitHubServer, desk: Desk, name: bytes) -> None:  # fmt: skip
        head = branch(hub, entry_command())
        raw = hub.git.git("cat-file", "commit", head).encode()
        raw = raw.replace(b"author Mallory", b"author " + name) + b"\n"
        write = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        number = hub.open(hub.git.git(*write, input=raw))
        assert desk.act("merge", number, "accept") == 0
        assert hub.git.git("rev-parse", "main^@") == desk.base

    def test_mebibytes_behind_one_file_are_not_kept(self, hub: GitHubServer, desk: Desk) -> None:
        noise = random.Random(1).randbytes(20 * MIB)
        head = branch(hub, plumbing.inline("big", noise), b"D big\n", entry_command())
        blob = hub.git.git("rev-parse", f"{head}~2:big")
        assert desk.fetch(hub.open(head)) == 1
        report = json.loads(desk.report.read_text())
        assert (report["verdict"], report["head"], report["base"]) == ("reject", head, desk.base)
        assert "more than 16 MiB" in report["reason"]
        assert not has(desk, head) and not has(desk, blob)
        assert not [*(desk.root / ".git" / "objects").glob("*/tmp_*")]

    def test_a_hundred_mebibytes_that_pack_into_nothing(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        head = branch(hub, plumbing.inline("big", bytes(100 * MIB)), b"D big\n", entry_command())
        assert desk.fetch(hub.open(head)) == 0  # seen by the check; held in pieces until then

    def test_many_objects_behind_one_file_are_not_kept(self, hub: GitHubServer, desk: Desk) -> None:
        files = b"".join(plumbing.inline(f"d{n % 50}/{n}", b"%d" % n) for n in range(12_000))
        empty = b"".join(b"D d%d\n" % n for n in range(50))
        head = branch(hub, files, empty, entry_command())
        assert desk.fetch(hub.open(head)) == 1
        assert "at most 10,000 are read" in json.loads(desk.report.read_text())["reason"]
        assert not has(desk, head)


class TestOtherRequests:
    def verdict(self, desk: Desk, number: int) -> tuple[str, set[str]]:
        assert desk.fetch(number) == 0
        head = json.loads(desk.event.read_text())["head"]
        arguments = ["check", "--root", str(desk.root), "--base", desk.base, "--head", head]
        with open(desk.report, "w") as out:  # noqa: PTH123
            command = [*arguments, "--event", str(desk.event), "--format", "json"]
            subprocess.run(
                [str(BIN / "mcp-registry"), *command], stdout=out, cwd=desk.root, check=False
            )
        report = json.loads(desk.report.read_text())
        return report["verdict"], {finding["rule"] for finding in report["findings"]}

    def test_heads_of_open_requests_as_more_parents(self, hub: GitHubServer, desk: Desk) -> None:
        """The tree is unchanged by them: only the forge would take them for merged."""
        takedown = proposal(hub, {ENTRY: "{}"})
        mirror = proposal(hub, entry_file("com.upstream/x"))
        for head in (takedown, mirror):
            hub.open(head, author="bob", id=7)
        mine = proposal(hub, publication("mallory", 666))
        tree = hub.git.git("rev-parse", f"{mine}^{{tree}}")
        parents = [option for sha in (mine, takedown, mirror) for option in ("-p", sha)]
        head = hub.git.git("commit-tree", tree, *parents, "-m", "x")
        verdict, rules = self.verdict(desk, hub.open(head, author="mallory", id=666))
        assert verdict == "reject"
        assert "other-request" in rules

    def test_a_branch_that_goes_on_from_an_open_request(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        first = proposal(hub, publication("mallory", 666))
        hub.open(first, author="mallory", id=666)
        hub.git.git("checkout", "--quiet", "--detach", first)
        second = hub.git.commit(entry_file("io.github.mallory/other"))
        hub.git.git("checkout", "--quiet", "main")
        verdict, rules = self.verdict(desk, hub.open(second, author="mallory", id=666))
        assert (verdict, "other-request" in rules) == ("reject", True)

    def test_who_opens_a_request_with_anothers_head_does_not_block_it(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        head = proposal(hub, publication())
        number = hub.open(head)
        hub.open(head, author="mallory", id=666)
        assert "other-request" not in self.verdict(desk, number)[1]

    def test_a_request_of_the_branch_itself_blocks_nobody(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        hub.open(hub.tip(), author="mallory", id=666)
        number = hub.open(proposal(hub, publication()))
        assert "other-request" not in self.verdict(desk, number)[1]


class TestRaces:
    def test_the_branch_moves_between_check_and_push(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        number = hub.open(publish(hub.git))
        hub.before_merge = lambda: hub.git.commit(entry_file("com.example/other"))
        assert desk.act("merge", number, "accept", "--again", "check.yml") == 0
        assert "main moved from" in capsys.readouterr().out
        assert hub.merged == []
        assert hub.git.git("log", "-1", "--format=%s", "main") == "Change"
        assert hub.dispatched == [("check.yml", {"ref": "main", "inputs": {"pull-request": "1"}})]

    def test_the_branch_is_set_back_between_check_and_push(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        """What a maintainer took back does not come in again under a commit made on it."""
        stolen = hub.git.commit(entry_file("com.example/stolen"))
        desk.base = stolen
        desk.run("recheck")  # any command: the desk's clone needs the commit
        hub.git.git("-C", str(desk.root), "pull", "--quiet")
        number = hub.open(publish(hub.git))
        hub.before_merge = lambda: hub.git.git("update-ref", "refs/heads/main", f"{stolen}^")
        assert desk.act("merge", number, "accept") == 0
        assert hub.merged == []
        assert hub.tip() == hub.git.git("rev-parse", f"{stolen}^")

    def test_of_two_merges_on_one_base_the_second_is_checked_again(self, hub: GitHubServer, desk: Desk) -> None:  # fmt: skip
        numbers = [hub.open(publish(hub.git, f"com.example/s{n}")) for n in range(2)]
        for number in numbers:
            assert desk.act("merge", number, "accept", "--again", "check.yml") == 0
        assert [merged for merged, _ in hub.merged] == numbers[:1]
        assert hub.dispatched == [("check.yml", {"ref": "main", "inputs": {"pull-request": "2"}})]

    def test_waiting_merges_all_land_in_the_end(self, hub: GitHubServer, runner: Any) -> None:
        runner.variables = MERGING
        numbers = [hub.open(proposal(hub, publication(name, id)), author=name, id=id) for name, id in (("ann", 1), ("ben", 2), ("cem", 3))]  # fmt: skip
        behind = hub.git.commit(entry_file("com.example/meanwhile"))
        assert behind
        for number in numbers:
            check(runner, number)
        assert sorted(number for number, _ in hub.merged) == numbers
        assert hub.git.git("rev-list", "--count", f"{behind}..main") == "3"

    def test_the_push_is_refused_for_another_reason(self, hub: GitHubServer, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        hook = hub.git.root / ".git" / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        script(hook, "exit 1")
        assert desk.act("merge", hub.open(publish(hub.git)), "accept") == 2
        assert "error: git push" in capsys.readouterr().err
        assert hub.merged == []
