"""`mcp-registry check --base --head`, as the gate runs it: verdict, commits, exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.git.bounds import PUBLISHER
from builder.net.network import Network
from builder.rules.engine.json_schema import MOST
from tests.hostile import plumbing
from tests.ownership import events
from tests.ownership.events import ALICE, MALLORY
from tests.ownership.servers import Zone
from tests.ownership.world import Signer, World, owners_file, weather


def run(
    world: World, capsys: pytest.CaptureFixture[str], head: str, *options: str
) -> tuple[int, dict[str, Any]]:
    arguments = ["check", "--root", str(world.registry.root), "--base", "main", "--head", head]
    code = cli.run([*arguments, "--format", "json", *options])
    printed = capsys.readouterr()
    return code, json.loads(printed.out or "{}")


def event_file(folder: Path, author: events.Json, head: str) -> str:
    path = folder / "event.json"
    path.write_text(json.dumps(events.event(author, author, head=head)))
    return str(path)


def test_the_report_has_verdict_namespaces_and_commits(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = world.propose(weather("io.github.alice", "1.1.0"))
    event = event_file(tmp_path, ALICE, head)
    code, report = run(world, capsys, head, "--event", event)
    assert code == 0, report
    assert report["verdict"] == "accept"
    assert report["base"] == world.registry.git("rev-parse", "main")
    assert report["head"] == head
    (only,) = report["namespaces"]
    assert only["namespace"] == "io.github.alice"
    assert only["reason"] == "io.github.alice is proved by the listed owner alice (583231)"


def test_a_stranger_gets_exit_code_1_and_the_reason(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = world.propose(weather("io.github.alice", "1.1.0"))
    code, report = run(world, capsys, head, "--event", event_file(tmp_path, MALLORY, head))
    assert code == 1
    assert report["verdict"] == "reject"
    assert [finding["rule"] for finding in report["findings"]] == ["not-the-owner"]


def test_a_change_that_nobody_proposes_is_never_accepted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = run(world, capsys, world.propose(weather("io.github.alice", "1.1.0")))
    assert (code, report["verdict"]) == (0, "review")


def test_an_event_about_another_head_stops_the_command(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked = world.propose(weather("io.github.alice", "1.1.0"))
    moved = world.propose(weather("io.github.alice", "6.6.6"))
    code, report = run(world, capsys, moved, "--event", event_file(tmp_path, ALICE, checked))
    assert code == 2
    assert report == {}


def test_the_resolver_is_asked_for_a_domains_key(
    world: World, network: Network, zone: Zone, capsys: pytest.CaptureFixture[str]
) -> None:
    signer = Signer()
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    head = world.propose({**signer.sign(weather("com.example")), **pin})
    options = ("--resolver", network.resolver)
    zone.txt("example.com", Signer().record)
    assert run(world, capsys, head, *options)[0] == 1
    zone.txt("example.com", signer.record)
    code, report = run(world, capsys, head, *options)
    assert (code, report["verdict"]) == (0, "accept"), report
    assert report["namespaces"][0]["new"]


@pytest.mark.parametrize(
    "node",
    [(plumbing.REGULAR, "1" * 40), {b"": (plumbing.REGULAR, "1" * 40)}],
    ids=["missing object", "malformed tree"],
)
def test_broken_objects_stop_the_command_with_what_is_wrong_and_what_mends_it(
    world: World, capsys: pytest.CaptureFixture[str], node: plumbing.Node
) -> None:
    head = plumbing.commit(world.registry, {b"servers/io.github.alice/weather/1.1.0.json": node})
    root = str(world.registry.root)
    assert cli.run(["check", "--root", root, "--base", "main", "--head", head]) == 2
    printed = capsys.readouterr()
    error, hint = printed.err.splitlines()
    assert not printed.out and error.startswith("error: ") and "git fsck" in hint


def test_an_entry_of_nothing_but_mistakes_is_told_in_part_errors_first(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {"type": "named", "name": "-p", "value": "-prod"}
    package = {"registryType": "npm", "identifier": "a b", "packageArguments": [odd] * 300}
    head = world.propose(weather("io.github.alice", "1.1.0", packages=[package], title=" "))
    code, report = run(world, capsys, head)
    assert code == 1
    of_the_change = ("not-the-owner", "differs-in-kind")
    told = [
        finding["rule"] for finding in report["findings"] if finding["rule"] not in of_the_change
    ]
    assert len(told) == MOST + 1  # and one that says there are more
    assert {"package-name-has-spaces", "title-whitespace-only", "too-many-findings"} < set(told)


def test_one_bad_blob_at_many_paths_ends_with_a_reason(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = json.dumps({"packages": [{"a": 1}] * 6000}).encode()
    leaf = plumbing.leaf(world.registry, bad)
    paths = [f"servers/io.github.alice/weather/{n}.0.0.json".encode() for n in range(2, 52)]
    head = plumbing.commit(world.registry, dict.fromkeys(paths, leaf))
    code, report = run(world, capsys, head)
    assert (code, report["verdict"]) == (1, "reject")
    assert len(report["findings"]) < PUBLISHER.findings + MOST + 10
    (ended,) = (finding for finding in report["findings"] if finding["path"] == "servers")
    assert "40 entries were not looked at" in ended["message"]


@pytest.mark.parametrize("form", ["text", "github", "sarif", "markdown"])
def test_every_format_tells_the_reason(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    head = world.propose(weather("io.github.alice", "1.1.0"))
    arguments = ["check", "--root", str(world.registry.root), "--base", "main", "--head", head]
    cli.run([*arguments, "--event", event_file(tmp_path, MALLORY, head), "--format", form])
    assert "belongs to alice (583231)" in capsys.readouterr().out
