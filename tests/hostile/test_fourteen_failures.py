"""The fourteen ways in which other registries' gates failed, each tried on this one.

From static-anchors.md, section 9: every one has happened, or is visible in somebody's code.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.model.errors import RegistryError
from builder.net.network import Network
from builder.ownership.pull_request_event import read_claim
from tests.hostile import plumbing, watch
from tests.ownership import events
from tests.ownership.events import ALICE, MALLORY, account, claim
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    ALICES_ENTRY,
    MALLORYS,
    MALLORYS_SERVER,
    REJECT,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import Registry, entry_file

ROOT = Path(__file__).parents[2]


def test_01_owner_read_from_the_pull_request(world: World) -> None:
    takeover = {**weather("io.github.alice", "1.1.0"), **owned_by(MALLORY, "io.github.alice")}
    judgement = world.judge(takeover, MALLORYS)
    assert judgement.verdict is REJECT
    assert "belongs to alice (583231)" in judgement.reason


def test_02_only_the_first_page_of_changed_files_is_read(world: World) -> None:
    # GitHub lists 30 files a page by default, 100 at most, and 3,000 in all.
    many = {
        path: content
        for number in range(400)
        for path, content in weather("io.github.mallory", f"1.0.{number}").items()
    }
    hidden = {**MALLORYS_SERVER, **many, **weather("io.github.alice", "6.6.6")}
    judgement = world.judge(hidden, MALLORYS)
    verdicts = {namespace.namespace: namespace.verdict for namespace in judgement.namespaces}
    assert verdicts == {"io.github.mallory": ACCEPT, "io.github.alice": REJECT}
    assert judgement.verdict is REJECT


def test_03_a_rename_hides_the_removal(world: World) -> None:
    text = (world.registry.root / ALICES_ENTRY).read_text()
    moved = {
        ALICES_ENTRY: None,
        "servers/io.github.mallory/weather/1.0.0.json": text,
        **owned_by(MALLORY),
    }
    judgement = world.judge(moved, MALLORYS)
    assert judgement.verdict is REJECT
    assert {
        finding.path for finding in judgement.findings if finding.rule == "version-removed"
    } == {ALICES_ENTRY}
    assert "belongs to alice" in said(judgement)


def test_04_the_checker_comes_from_the_pull_request(world: World, tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    code = f"open({str(trace)!r}, 'w')"
    change = {
        **MALLORYS_SERVER,
        "builder/ownership/verdict.py": code,
        "conftest.py": code,
        "builder.py": code,
    }
    judgement = world.judge(change, MALLORYS)
    assert judgement.verdict is REJECT
    assert "outside-servers" in rules(judgement)
    assert not trace.exists()
    # Its own checker alone is no publication either: a maintainer looks.
    alone = world.judge({"builder/ownership/verdict.py": code}, MALLORYS)
    assert alone.verdict is not ACCEPT


def test_05_user_names_instead_of_ids(world: World) -> None:
    again = account("alice", 999_999)
    assert world.judge(weather("io.github.alice", "1.1.0"), claim(again, again)).verdict is REJECT
    renamed = account("alice2", ALICE["id"])
    assert (
        world.judge(weather("io.github.alice", "1.1.0"), claim(renamed, renamed)).verdict is ACCEPT
    )


def test_06_bypass_labels(world: World) -> None:
    labelled = events.event(MALLORY, MALLORY, head="")
    names = ("override", "verified-owner", "gate: accept", "skip-checks", "ok-to-merge")
    labelled["pull_request"]["labels"] = [{"name": name} for name in names]
    labelled["pull_request"]["author_association"] = "MEMBER"
    proposed = read_claim(json.dumps(labelled).encode())
    assert proposed == MALLORYS
    assert world.judge(weather("io.github.alice", "1.1.0"), proposed).verdict is REJECT


def test_07_a_diff_parser_that_can_be_fooled(world: World) -> None:
    patch = f"\n--- a/{ALICES_ENTRY}\n+++ b/{ALICES_ENTRY}\n@@ -1 +1 @@\n-x\n+y\nrename from {ALICES_ENTRY}\n"
    assert world.judge(
        {**MALLORYS_SERVER, **weather("io.github.mallory", description=patch)}, MALLORYS
    )
    name = b"servers/io.github.alice/weather/x\n+++ b\tservers/mallory/ok.json"
    quoted = plumbing.commit(
        world.registry,
        {name: plumbing.leaf(world.registry, b"{}")},
        world.propose(MALLORYS_SERVER),
    )
    judgement = world.judge(quoted, MALLORYS)
    assert judgement.verdict is REJECT
    assert name.decode() in {finding.path for finding in judgement.findings}


def test_08_the_head_moves_between_check_and_merge(world: World) -> None:
    checked = world.propose(weather("io.github.alice", "1.1.0"))
    world.registry.git("update-ref", "refs/pull/42/head", checked)
    judgement = world.judge("refs/pull/42/head", claim(ALICE, ALICE, head=checked))
    assert judgement.head == checked
    moved = world.propose(weather("io.github.alice", "6.6.6"))
    world.registry.git("update-ref", "refs/pull/42/head", moved)
    with pytest.raises(RegistryError, match=f"head is {checked}, but {moved}"):
        world.judge("refs/pull/42/head", claim(ALICE, ALICE, head=checked))


def _workflow(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


GATE = [ROOT / ".github/workflows/check.yml", ROOT / "action.yml"]


@pytest.mark.parametrize("path", GATE, ids=lambda path: path.name)
def test_09_privileged_workflows_run_code_of_the_pull_request(path: Path) -> None:
    text = path.read_text()
    assert "pull_request.head" not in text
    assert "head_ref" not in text
    # What a pull request says (title, branch, login) reaches a shell only as a variable.
    assert not re.findall(r"^\s*run:.*\$\{\{", text, re.MULTILINE)
    for job in _workflow(path).get("jobs", {}).values():
        refs = [step.get("with", {}).get("ref", "") for step in job["steps"]]
        assert all("default_branch" in ref for ref in refs if ref)


@pytest.mark.parametrize("path", GATE, ids=lambda path: path.name)
def test_10_caches_and_artefacts_carry_poison(path: Path) -> None:
    text = path.read_text()
    assert "actions/cache" not in text
    assert "artifact" not in text
    assert not re.search(r"^\s*cache(-\w+)*:", text, re.MULTILINE)


def test_11_submissions_are_executed(world: World, network: Network) -> None:
    hostile = {
        **Signer().sign(weather("com.mallory")),
        **MALLORYS_SERVER,
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c evil\n',
        ".githooks/post-checkout": "#!/bin/sh\nevil\n",
        "servers/com.mallory/weather/setup.py": "evil",
        "package.json": '{"scripts": {"preinstall": "evil"}}',
    }
    head = world.propose(hostile)
    before = world.registry.git("status", "--porcelain", "--ignored")
    with watch.programs() as started:
        assert world.judge(head, MALLORYS, network=network).verdict is REJECT
    assert started
    harmless = "i18n.logOutputEncoding|log.showSignature|diff.orderFile|advice.graftFileDeprecated"
    reading = "rev-parse|rev-list|merge-base|diff-tree|ls-tree|cat-file|log"
    only_reads = re.compile(rf"git (?:-c (?:{harmless})=\S+ )*(?:{reading}) ")
    assert [line for line in started if not only_reads.match(line)] == []
    assert world.registry.git("status", "--porcelain", "--ignored") == before


def test_12_a_dangling_target_is_taken_over(world: World, network: Network, zone: Zone) -> None:
    owner, buyer = Signer(), Signer()
    world.network = network
    zone.txt("example.com", owner.record)
    pin = owners_file("com.example", keys=[owner.pin], proof="dns")
    world.land({**owner.sign(weather("com.example")), **pin})
    # The domain expires and is bought by somebody else, who publishes a key of their own.
    zone.txt("example.com", buyer.record)
    theirs = world.judge(buyer.sign(weather("com.example", "6.6.6")), MALLORYS)
    assert theirs.verdict is not ACCEPT
    assert "changed hands" in theirs.reason
    # And the old key does not speak for the domain any more either.
    old = world.judge(owner.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert old.verdict is not ACCEPT


@pytest.mark.parametrize(
    "namespace",
    [
        "io.github.Alice",
        "IO.github.alice",
        "io.github.аlice",
        "io.github.alicе",
        "io.github.ａlice",
        "io.github.alıce",
        "io.github.al\u0131ce",
        "io.github.alice\u200b",
        "io.github.alice\u202e",
        "io.github.alice ",
        "io.github.alice.",
    ],
    ids=ascii,
)
def test_13_case_and_unicode(world: World, namespace: str) -> None:
    for who in (MALLORYS, ALICES):
        look_alike = {**weather(namespace), **owned_by(ALICE, namespace)}
        judgement = world.judge(look_alike, who)
        assert judgement.verdict is REJECT
        assert rules(judgement) & {"namespace-case", "invalid-namespace"}
    # Whoever has registered the login in the meantime would own the other spelling by name.
    again = account(namespace.removeprefix("io.github."), 999_999)
    change = {**weather(namespace), **owned_by(again, namespace)}
    assert world.judge(change, claim(again, again)).verdict is REJECT


def test_14_the_first_claim_of_a_namespace_in_a_fresh_registry(
    registry: Registry, network: Network, zone: Zone
) -> None:
    fresh, signer = World(registry, network), Signer()
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    domain = {**signer.sign(weather("com.example")), **pin}
    for stolen in (
        {**weather("io.github.alice"), **owned_by(MALLORY, "io.github.alice")},
        {**weather("io.github.alice"), **owned_by(ALICE)},
        domain,
        {**entry_file("com.example/weather"), **owned_by(MALLORY, "com.example")},
    ):
        assert fresh.judge(stolen, MALLORYS).verdict is REJECT
    zone.txt("example.com", signer.record)
    assert fresh.judge(domain, MALLORYS).verdict is ACCEPT
    assert fresh.judge({**weather("io.github.alice"), **owned_by(ALICE)}, ALICES).verdict is ACCEPT
