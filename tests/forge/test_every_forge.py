"""The gate on GitHub, GitLab and Forgejo: one job that checks, comments, labels and merges."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.forge import triggers
from builder.forge.gitlab import without_commands
from tests.forge import forgejo_server, gitlab_server
from tests.forge.hubs import ALICE, BOB, MALLORY, Hub, Person
from tests.registry import CONFIG, entry_file

LOOKED_AT = """\
policy: {publish: {approvers: [77], rules: [{do: review, because: all is looked at}]}}
"""


def weather(hub: Hub, who: Person = ALICE, version: str = "1.0.0", **fields: Any) -> Any:
    """An entry that no package registry is asked about, in an account's namespace."""
    remote = {"type": "streamable-http", "url": f"https://{who[0]}.example.net/mcp"}
    return entry_file(f"{hub.namespace(who)}/weather", version, remotes=[remote], **fields)


def first(hub: Hub, who: Person = ALICE, **owner: Any) -> Any:
    return {**weather(hub, who), **hub.owned(who, **owner)}


def test_a_first_publication_is_proved_by_the_account_commented_labelled_and_merged(
    forge: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    head = forge.propose(first(forge))
    number = forge.open(head, ALICE, ALICE, group=False)
    assert forge.run("gate", number, "--merge", "--then", "publish.yml") == 0
    assert f"merged as {forge.tip()}" in capsys.readouterr().out
    assert forge.git.git("show", f"main:servers/{forge.namespace(ALICE)}/weather/1.0.0.json")
    verdict, merged = forge.texts(number)
    assert "What happens next" in verdict
    assert "alice (583231" in verdict
    assert forge.tip() in merged
    assert forge.labels(number) == ["gate: accept"]
    assert not forge.is_open(number)
    assert forge.started() == 1
    # One commit of the gate's own on the checked base, with the head's files.
    assert forge.git.git("rev-parse", "main^{tree}") == forge.git.git("rev-parse", f"{head}^{{tree}}")  # fmt: skip
    assert forge.git.git("log", "-1", "--format=%P", "main") == forge.git.git("rev-parse", f"{head}^")  # fmt: skip


def test_a_second_check_edits_the_comment_and_changes_the_label(forge: Hub) -> None:
    number = forge.open(forge.propose(weather(forge)), ALICE, ALICE, group=False)
    assert forge.run("gate", number) == 1
    assert forge.labels(number) == ["gate: reject"]
    forge.push(number, forge.propose(first(forge)))
    assert forge.run("gate", number) == 0
    assert forge.labels(number) == ["gate: accept"]
    (only,) = forge.texts(number)
    assert "must add its namespace.yaml" not in only


def test_an_organisation_publishes_from_its_fork(forge: Hub) -> None:
    acme = ("acme", 9919)
    owner = {"group": True} if forge.kind == "gitlab" else {}
    number = forge.open(forge.propose(first(forge, acme, **owner)), ALICE, acme, group=True)
    assert forge.run("gate", number) == 0
    assert forge.labels(number) == ["gate: accept"]
    assert "whoever can push to its fork acts for it" in forge.texts(number)[0]


def test_who_stops_it_and_who_resumes_it(forge: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    number = forge.open(forge.propose(first(forge)), ALICE, ALICE, group=False)
    forge.say(number, "/stop\nThis is not alice.", BOB, False)
    assert forge.run("gate", number, "--merge") == 0
    assert "not merged: somebody stopped it" in capsys.readouterr().out
    forge.say(number, "/resume", ALICE, False)
    assert forge.run("gate", number, "--merge") == 0
    assert "not merged: somebody stopped it" in capsys.readouterr().out
    forge.say(number, "/resume", ("maria", 77), True)
    assert forge.run("gate", number, "--merge") == 0
    assert "merged as" in capsys.readouterr().out


def test_a_person_approves_what_the_policy_wants_looked_at(
    forge: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    forge.git.commit({"registry.yaml": CONFIG + LOOKED_AT})
    head = forge.propose(first(forge))
    number = forge.open(head, ALICE, ALICE, group=False)
    forge.say(number, f"`/approve {head}`", BOB, True)
    assert forge.run("gate", number, "--merge") == 0
    assert "not merged: the verdict is review" in capsys.readouterr().out
    forge.say(number, f"Looked at it.\n`/approve {head[:12]}`", ("maria", 77), False)
    assert forge.run("recheck") == 0 and forge.started() == 1
    assert forge.run("gate", number, "--merge") == 0
    assert "merged as" in capsys.readouterr().out


def test_whose_fork_it_is_approves_nothing_though_another_opened_the_request(
    forge: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    maria = ("maria", 77)
    forge.git.commit({"registry.yaml": CONFIG + LOOKED_AT})
    head = forge.propose(first(forge, maria))
    number = forge.open(head, ALICE, maria, group=False)
    forge.say(number, f"`/approve {head}`", maria, True)
    assert forge.run("gate", number, "--merge") == 0
    assert "not merged" in capsys.readouterr().out
    assert forge.is_open(number)


def test_the_head_moves_while_it_is_merged(forge: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    number = forge.open(forge.propose(first(forge)), ALICE, ALICE, group=False)
    other, before = forge.propose(weather(forge, version="6.6.6")), forge.tip()
    told: list[str] = []

    def move() -> None:
        if told or forge.kind == "github":  # elsewhere comments are read before the check too
            forge.push(number, other)
        told.append("")

    forge.during_merge(move)
    forge.run("gate", number, "--merge")
    assert "not merged: its head moved" in capsys.readouterr().out
    assert forge.tip() == before


def test_the_branch_moves_while_it_is_checked(
    forge: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    number = forge.open(forge.propose(first(forge)), ALICE, ALICE, group=False)
    moved: list[str] = []

    def move() -> None:
        if not moved:
            moved.append(forge.git.commit({"servers/README.md": "moved"}))

    forge.server.before_push = move
    forge.run("gate", number, "--merge")
    assert "not merged: main moved" in capsys.readouterr().out
    assert forge.is_open(number)
    assert forge.started() == 1  # the check, again


def test_another_open_requests_head_is_not_taken_along(forge: Hub) -> None:
    hers = forge.propose(first(forge))
    forge.open(hers, ALICE, ALICE, group=False)
    mine = forge.propose(first(forge, MALLORY), since=hers)
    number = forge.open(mine, MALLORY, MALLORY, group=False)
    assert forge.run("gate", number) == 1
    assert "the head of the open request" in forge.texts(number)[0]


def test_every_accepted_request_is_checked_again(forge: Hub) -> None:
    number = forge.open(forge.propose(first(forge)), ALICE, ALICE, group=False)
    forge.run("gate", number)
    forge.open(forge.propose(weather(forge, BOB)), BOB, BOB, group=False)
    assert forge.run("recheck") == 0
    assert forge.started() == 1


def test_propose_opens_one_request_for_a_branch(forge: Hub) -> None:
    clone = forge.folder / "work"
    forge.git.git("clone", "--quiet", f"file://{forge.git.root}", str(clone))
    for name, value in (("user.name", "Bot"), ("user.email", "bot@example.com")):
        forge.git.git("-C", str(clone), "config", name, value)
    forge.git.git("-C", str(clone), "commit", "--quiet", "--allow-empty", "--message", "Mirror")
    for _ in range(2):
        words = ["propose", "mirror", "--title", "Mirror upstream", "--root", str(clone)]
        from builder import cli

        assert cli.run(["pull-request", *words]) == 0
    assert forge.git.git("rev-parse", "refs/heads/mirror")
    requests = forge.server.merge_requests if forge.kind == "gitlab" else forge.server.pulls
    assert len(requests) == 1


class TestTriggers:
    def gitlab(self, **attributes: Any) -> bytes:
        hook = {"object_kind": "merge_request", "object_attributes": {"iid": 7, **attributes}}
        return json.dumps(hook).encode()

    @pytest.mark.parametrize(
        ("attributes", "number"),
        [
            ({"action": "open"}, 7),
            ({"action": "reopen"}, 7),
            ({"action": "update", "oldrev": "a" * 40}, 7),
            ({"action": "update"}, None),  # a label, such as the gate's own
            ({"action": "merge"}, None),
        ],
    )
    def test_only_a_new_head_is_checked(
        self, attributes: dict[str, Any], number: int | None
    ) -> None:
        assert triggers.number_of(self.gitlab(**attributes)) == number

    @pytest.mark.parametrize(
        ("text", "number"),
        [("`/approve 4f94c71d2a3b`", 7), ("Thanks!", None), ("do not /approve 4f94c71d2a3b", None)],
    )
    def test_a_comment_that_approves_checks_again(self, text: str, number: int | None) -> None:
        """https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-on-a-merge-request"""
        note = {"note": text, "noteable_type": "MergeRequest", "action": "create"}
        hook = {"object_kind": "note", "object_attributes": note, "merge_request": {"iid": 7}}
        assert triggers.number_of(json.dumps(hook).encode()) == number

    @pytest.mark.parametrize("event", [b"", b"[]", b"{}", b'{"object_kind": "merge_request"}'])
    def test_other_events_are_refused_in_one_line(
        self, forge: Hub, event: bytes, capsys: pytest.CaptureFixture[str]
    ) -> None:
        trigger = forge.folder / "event.json"
        trigger.write_bytes(event)
        assert forge.run("gate", "--trigger", trigger) == 2
        assert "Traceback" not in capsys.readouterr().err


class TestGitLab:
    @pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
    def test_a_hook_says_what_to_check(
        self, forge: Hub, capsys: pytest.CaptureFixture[str]
    ) -> None:
        number = forge.open(forge.propose(first(forge)), ALICE, ALICE, group=False)
        forge.server.before_push = lambda: None
        assert forge.run("gate", event=forge.server.hook(number)) == 0
        assert forge.labels(number) == ["gate: accept"]
        assert forge.run("gate", event=forge.server.hook(number, action="update")) == 0
        assert "nothing to check" in capsys.readouterr().out

    @pytest.mark.parametrize("text", ["/merge", "  /label ~x", "a\n/close\nb", "/approve"])
    def test_no_line_of_a_comment_is_a_command(self, text: str) -> None:
        assert not any(line.lstrip().startswith("/") for line in without_commands(text).split("\n"))

    @pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
    def test_what_a_publisher_writes_is_not_carried_out_as_the_gates_word(self, forge: Hub) -> None:
        command = "Weather.\n/merge\n/label ~accepted"
        entry = weather(forge, description=command, version="1.0.0\n/close")
        number = forge.open(forge.propose({**entry, **forge.owned(ALICE)}), ALICE, ALICE, group=False)  # fmt: skip
        forge.run("gate", number)
        (text,) = forge.texts(number)
        assert not any(line.lstrip().startswith("/") for line in text.split("\n"))


def test_the_servers_speak_of_no_type_where_the_real_ones_do_not() -> None:
    assert "type" not in forgejo_server.user("alice", 1)
    personal = gitlab_server.personal(gitlab_server.user("alice", 7), 1)
    assert personal["namespace"]["id"] != personal["owner"]["id"]
