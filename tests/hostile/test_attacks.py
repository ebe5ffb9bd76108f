"""Attacks on somebody else's entries, by a stranger or by an owner: the gate holds, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builder.forge import decision
from builder.forge.decision import Checked, Waiting
from builder.forge.forge import PullRequest
from builder.gate.report.report import Report
from builder.model.verdict import NamespaceVerdict
from builder.net.network import Network
from builder.ownership import well_known
from builder.ownership.proposer import Claim
from tests.hostile import plumbing
from tests.ownership.events import ALICE, GHOST, MALLORY, claim
from tests.ownership.servers import Site, Zone, body
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import entry_file

HERS = "servers/io.github.alice/weather/1.0.0.json"
MINE = {**weather("io.github.mallory"), **owned_by(MALLORY)}
PLAIN = b'{"name": "io.github.alice/weather", "version": "1.1.0"}'


def test_an_edit_of_anothers_file_among_many(world: World) -> None:
    many = {
        path: content
        for number in range(300)
        for path, content in weather("io.github.mallory", f"1.{number}.0").items()
    }
    judgement = world.judge({**MINE, **many, HERS: b"{}"}, MALLORYS)
    assert judgement.verdict is REJECT
    assert HERS in said(judgement)


@pytest.mark.parametrize(
    "path",
    [
        "servers/io.github.alice/Weather/1.0.0.json",
        "servers/io.github.ALICE/weather/1.0.0.json",
        "Servers/io.github.alice/weather/1.0.0.json",
        "servers/io.github.alice/weather/1.0.0.JSON",
        "servers/io.github.alice/weather/1.0.0.json/",
        "servers/io.github.alice/weather/1.0.0.json ",
    ],
)
def test_a_case_trick_over_anothers_file(world: World, path: str) -> None:
    change = {path.encode().rstrip(b"/"): plumbing.leaf(world.registry, PLAIN)}
    if path.endswith("/"):
        change = {f"{path}x".encode(): plumbing.leaf(world.registry, PLAIN)}
    head = plumbing.commit(world.registry, change, world.propose(MINE))
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize("who", [ALICES, MALLORYS], ids=["owner", "stranger"])
def test_a_published_version_is_overwritten(world: World, who: Claim) -> None:
    judgement = world.judge({HERS: b"{}"}, who)
    assert judgement.verdict is REJECT
    assert "version-changed" in rules(judgement)


@pytest.mark.parametrize("who", [ALICES, MALLORYS], ids=["owner", "stranger"])
def test_a_published_version_is_deleted(world: World, who: Claim) -> None:
    judgement = world.judge({HERS: None}, who)
    assert judgement.verdict is REJECT
    assert f"removes {HERS}" in said(judgement)


def test_a_stranger_changes_a_status(world: World) -> None:
    path = "servers/io.github.alice/weather/status.yaml"
    judgement = world.judge({path: '"*": {status: deleted}'}, MALLORYS)
    assert judgement.verdict is REJECT
    assert "mallory (666) is not a listed owner" in judgement.reason


def test_owner_and_entry_in_one_change_by_a_stranger(world: World) -> None:
    change = {**owned_by(MALLORY, "io.github.alice"), **weather("io.github.alice", "1.1.0")}
    assert world.judge(change, MALLORYS).verdict is REJECT


def test_owner_first_and_entry_in_a_second_commit_by_a_stranger(world: World) -> None:
    first = world.propose(owned_by(MALLORY, "io.github.alice"))
    second = world.propose(weather("io.github.alice", "1.1.0"), since=first)
    assert world.judge(second, MALLORYS).verdict is REJECT


def test_a_symlink_out_of_the_tree(world: World) -> None:
    target = plumbing.leaf(world.registry, b"../../../../etc/passwd", plumbing.SYMLINK)
    for path in (
        b"servers/io.github.mallory/weather/2.0.0.json",
        b"servers/io.github.mallory/weather",
        b"servers/io.github.mallory/namespace.yaml",
        b"servers/io.github.mallory",
        b"servers",
    ):
        head = plumbing.commit(world.registry, {path: target}, world.propose(MINE))
        judgement = world.judge(head, MALLORYS)
        assert judgement.verdict is REJECT, path
        assert "root:" not in said(judgement)


def test_a_symlink_from_ones_own_namespace_into_anothers(world: World) -> None:
    target = plumbing.leaf(world.registry, b"../io.github.alice/weather", plumbing.SYMLINK)
    path = b"servers/io.github.mallory/weather"
    head = plumbing.commit(world.registry, {path: target}, world.propose(owned_by(MALLORY)))
    judgement = world.judge(head, MALLORYS)
    assert judgement.verdict is REJECT
    assert "unexpected-file" in rules(judgement)


@pytest.mark.parametrize(
    "path",
    [
        b"servers/../registry.yaml",
        b"servers/io.github.mallory/../io.github.alice/namespace.yaml",
        b"servers/../../outside/x/1.0.0.json",
        b"servers/./io.github.alice/weather/1.1.0.json",
        b"servers/../servers/weather/1.1.0.json",
        b"servers/io.github.mallory/../1.0.0.json",
        b"servers/.git/hooks/1.0.0.json",
    ],
)
def test_a_path_with_dots(world: World, path: bytes) -> None:
    head = plumbing.commit(
        world.registry, {path: plumbing.leaf(world.registry, PLAIN)}, world.propose(MINE)
    )
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "path",
    [
        b"servers/io.github.mallory/weather/1%2E0.json",
        b"servers/io.github.mallory/weather/%2e%2e%2f.json",
        b"servers/io.github.mallory/weather/..%2Fx.json",
        b"servers/io.github.mallory/weather/%.json",
        b"servers/io.github.mallory/weather/1.0.0%00.json.json.sig.json ",
        b"servers/io.github.mallory/weather/%C0%AF.json",
        b"servers/io.github.mallory%2Fx/weather/1.0.0.json",
        b"servers/io.github%2Ealice/weather/1.0.0.json",
        b"servers/io.github.mallory/weather/\xff.json",
    ],
    ids=ascii,
)
def test_a_percent_encoding_trick(world: World, path: bytes) -> None:
    head = plumbing.commit(
        world.registry, {path: plumbing.leaf(world.registry, PLAIN)}, world.propose(MINE)
    )
    assert world.judge(head, MALLORYS).verdict is REJECT


@pytest.mark.parametrize(
    "path", [b"servers/io.github.mallory/x", b"servers/x", b"servers/a/b/1.json"]
)
def test_a_submodule(world: World, path: bytes) -> None:
    node = (plumbing.SUBMODULE, world.registry.git("rev-parse", "main"))
    head = plumbing.commit(world.registry, {path: node}, world.propose(MINE))
    assert world.judge(head, MALLORYS).verdict is REJECT


def test_an_executable_bit(world: World) -> None:
    node = plumbing.leaf(world.registry, PLAIN, plumbing.EXECUTABLE)
    path = b"servers/io.github.alice/weather/1.1.0.json"
    judgement = world.judge(plumbing.commit(world.registry, {path: node}), ALICES)
    assert judgement.verdict is REJECT
    assert "executable-file" in rules(judgement)


def test_an_executable_bit_on_a_published_file(world: World) -> None:
    sha = world.registry.git("rev-parse", f"main:{HERS}")
    head = plumbing.commit(world.registry, {HERS.encode(): (plumbing.EXECUTABLE, sha)})
    assert world.judge(head, ALICES).verdict is REJECT


def test_a_file_of_50_megabytes(world: World, network: Network, zone: Zone) -> None:
    signer = Signer()
    big = b'{"name": "com.example/weather"}'.ljust(50_000_000)
    world.land({**owned_by(MALLORY)})
    change = {
        "servers/io.github.mallory/weather/1.0.0.json": big,
        "servers/io.github.mallory/namespace.yaml": big,
    }
    judgement = world.judge(change, MALLORYS)
    # The file of owners is too large to be one. The entry's size is for the rules to say.
    assert judgement.verdict is REJECT
    signed = {**signer.sign(weather("com.example")), "servers/com.example/weather/1.0.0.json": big}
    assert world.judge(signed, MALLORYS, network=network).verdict is REJECT


def test_a_hundred_thousand_files(world: World) -> None:
    content = plumbing.leaf(world.registry, PLAIN)
    folder = {b"%d.0.0.json" % number: content for number in range(100_000)}
    for path, name in (
        (b"servers/io.github.alice/weather2", "one namespace"),
        (b"servers", "strays"),
    ):
        head = plumbing.commit(world.registry, {path: dict(folder)})
        judgement = world.judge(head, ALICES)
        assert judgement.verdict is REJECT, name
        assert rules(judgement) == {"too-many-files"}
        assert "100,00" in judgement.reason


def test_a_thousand_namespaces_do_not_cost_a_thousand_lookups(
    world: World, network: Network, zone: Zone
) -> None:
    signer = Signer()
    change = {
        path: content
        for number in range(200)
        for path, content in signer.sign(weather(f"com.example{number}")).items()
    }
    assert world.judge(change, MALLORYS, network=network).verdict is REJECT
    assert zone.queries == []


LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}, *{chr(97 + n)}]\n"
    for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "!!python/object/apply:os.system ['id']",
        "owners: [{github: !!str mallory, id: 666}]\nproof: github",
        "owners: [{github: mallory, id: 666}]\nowners: [{github: alice, id: 583231}]\nproof: github",
        "owners: [{github: mallory, id: 666, id: 583231}]\nproof: github",
        "---\nowners: [{github: mallory, id: 666}]\nproof: github\n---\n{}",
        "[" * 10_000,
        "owners: [{github: mallory, id: 0x29A}]\nproof: github",
        "owners: [{github: mallory, id: 666}, {github: mallory, id: 666}]\nproof: github",
        "owners: [{github: mallory, id: 666}]\nproof: github\nadmin: true",
        "",
        "\ufeffnull",
    ],
    ids=[
        "billion laughs",
        "tag of code",
        "tag",
        "key given twice",
        "id given twice",
        "two documents",
        "deep",
        "hexadecimal",
        "owner given twice",
        "more keys",
        "empty",
        "byte order mark",
    ],
)
def test_a_file_of_owners_that_is_not_plain(world: World, text: str) -> None:
    change = {**MINE, "servers/io.github.mallory/namespace.yaml": text}
    judgement = world.judge(change, MALLORYS)
    assert judgement.verdict is REJECT, said(judgement)
    assert "namespace-file-mismatch" in rules(judgement)


@pytest.mark.parametrize(
    "path",
    [".github/workflows/check.yml", "builder/check/engine.py", "registry.yaml", "action.yml"],
)
def test_a_workflow_or_the_builder_edited_together_with_an_entry(world: World, path: str) -> None:
    judgement = world.judge({**weather("io.github.alice", "1.1.0"), path: "x: y"}, ALICES)
    assert judgement.verdict is REJECT
    assert path in judgement.reason


def test_a_head_that_moved_after_the_check_is_not_merged() -> None:
    proved = NamespaceVerdict(namespace="com.example", verdict=ACCEPT, reason="proved", new=False)
    accepted = Report(findings=(), verdict=ACCEPT, reason="proved", namespaces=(proved,))
    checked = Checked(base="b" * 40, head="a" * 40, report=accepted)
    pull = PullRequest(number=1, head="c" * 40, base="main", open=True, draft=False, labels=())
    waiting = Waiting(seconds=0, since=0)
    hold = decision.reason_to_hold(
        checked, pull, branch="main", stopped=False, waiting=waiting, now=0
    )
    assert hold == f"its head moved from {'a' * 40} to {'c' * 40}"


@pytest.fixture
def pinned(world: World, network: Network, zone: Zone) -> tuple[World, Signer]:
    """com.example belongs to a key that its domain publishes, and has signed weather 1.0.0."""
    signer = Signer()
    world.network = network
    zone.txt("example.com", signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    world.land({**signer.sign(weather("com.example")), **pin})
    return world, signer


@pytest.mark.parametrize("source", ["entry", "version", "content", "namespace", "key"])
def test_a_signature_copied_from_elsewhere(pinned: tuple[World, Signer], source: str) -> None:
    world, signer = pinned
    target = signer.sign(weather("com.example", "1.1.0"))
    path = "servers/com.example/weather/1.1.0.json"
    others = {
        "entry": signer.sign(entry_file("com.example/other", "1.1.0")),
        "version": signer.sign(weather("com.example", "1.0.0")),
        "content": signer.sign(weather("com.example", "1.1.0", description="Other words.")),
        "namespace": signer.sign(weather("com.example.api", "1.1.0")),
        "key": Signer().sign(weather("com.example", "1.1.0")),
    }
    copied = next(data for name, data in others[source].items() if name.endswith(".sig"))
    assert world.judge(target, MALLORYS).verdict is ACCEPT
    judgement = world.judge({**target, f"{path}.sig": copied}, MALLORYS)
    assert judgement.verdict is REJECT
    why = "not pinned" if source == "key" else "the signature is of another entry"
    assert why in judgement.reason


def test_the_same_bytes_signed_for_one_place_are_not_accepted_in_another(
    pinned: tuple[World, Signer],
) -> None:
    # A signature over the bytes alone would let a pre-release be republished as a release.
    world, signer = pinned
    (path, data), (_, signature) = signer.sign(weather("com.example", "2.0.0-beta")).items()
    moved = path.replace("2.0.0-beta", "2.0.0")
    judgement = world.judge({moved: data, f"{moved}.sig": signature}, MALLORYS)
    assert judgement.verdict is REJECT


def test_an_expired_key_of_a_domain(pinned: tuple[World, Signer], zone: Zone) -> None:
    world, signer = pinned
    zone.records["example.com"] = {}
    judgement = world.judge(signer.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert judgement.verdict is REVIEW
    assert "signed with a pinned key, but" in judgement.reason
    assert "not published by example.com (DNS)" in judgement.reason


def test_a_replaced_key_of_a_domain(pinned: tuple[World, Signer], zone: Zone) -> None:
    world, old = pinned
    new = Signer()
    zone.txt("example.com", new.record)
    leaked = world.judge(old.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert leaked.verdict is REVIEW
    fresh = world.judge(new.sign(weather("com.example", "1.1.0")), MALLORYS)
    assert fresh.verdict is REVIEW
    assert "which namespace.yaml does not pin" in fresh.reason


def test_a_redirect_to_a_private_address(world: World, web: Network, site: Site) -> None:
    signer = Signer()
    secret = f"https://127.0.0.1:{site.port}/latest/meta-data"
    site.answer = body(signer.record, 302, {"Location": secret})
    pin = owners_file("com.example", keys=[signer.pin], proof="http")
    change = {**signer.sign(weather("com.example")), **pin}
    assert world.judge(change, MALLORYS, network=web).verdict is REJECT
    assert [path for _, path in site.requests] == ["/.well-known/mcp-registry-auth"]


def test_a_name_that_leads_to_a_private_address(world: World, web: Network, site: Site) -> None:
    signer = Signer()
    site.answer = body(signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="http")
    change = {**signer.sign(weather("com.example")), **pin}
    guarded = replace(web, allow_private=False)
    judgement = world.judge(change, MALLORYS, network=guarded)
    assert judgement.verdict is REVIEW
    assert "127.0.0.1, which is not a public one" in said(judgement)
    assert site.requests == []


def test_a_name_whose_address_changes_between_look_and_connection(
    web: Network, zone: Zone, site: Site
) -> None:
    site.answer = body(Signer().record)
    well_known.keys("example.com", web)
    looked_up = [kind for name, kind in zone.queries if name == "example.com"]
    assert looked_up.count("A") == 1


def test_a_dns_answer_with_many_records(world: World, network: Network, zone: Zone) -> None:
    signer = Signer()
    decoys = [Signer().record for _ in range(500)]
    zone.txt("example.com", *decoys, signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    change = {**signer.sign(weather("com.example")), **pin}
    assert world.judge(change, MALLORYS, network=network).verdict is ACCEPT
    everything = owners_file("com.example", keys=[signer.pin, Signer().pin], proof="dns")
    assert world.judge({**change, **everything}, MALLORYS, network=network).verdict is REJECT


def test_the_account_in_the_place_of_deleted_ones_owns_nothing(world: World) -> None:
    change = {**weather("io.github.ghost"), **owned_by(GHOST)}
    assert world.judge(change, claim(GHOST, GHOST)).verdict is not ACCEPT


def test_a_signed_entry_of_another_is_taken_to_claim_a_free_namespace(
    world: World, network: Network, zone: Zone
) -> None:
    owner = Signer()
    zone.txt("example.com", owner.record)
    signed = owner.sign(weather("com.example"))
    stolen = owners_file("com.example", owners=[{"github": "mallory", "id": 666}], proof="dns")
    assert world.judge({**signed, **stolen}, MALLORYS, network=network).verdict is REJECT
    both = owners_file(
        "com.example",
        keys=[owner.pin],
        owners=[{"github": "mallory", "id": 666}],
        proof="dns",
    )
    assert world.judge({**signed, **both}, MALLORYS, network=network).verdict is REJECT


def test_a_branch_that_is_behind_does_not_undo_what_came_since(world: World) -> None:
    since = world.registry.git("rev-parse", "main")
    status = "servers/io.github.alice/weather/status.yaml"
    world.land({status: '"1.0.0": {status: deleted}'})
    # Nothing of the newer commit is in mallory's branch, and nothing of it is undone by merging.
    behind = world.propose(MINE, since=since)
    judgement = world.judge(behind, MALLORYS)
    assert judgement.verdict is ACCEPT
    assert [one.namespace for one in judgement.namespaces] == ["io.github.mallory"]
    # Alice's own branch that changes the same file was made without knowing of it.
    stale = world.propose({status: '"1.0.0": {status: deprecated}'}, since=since)
    judgement = world.judge(stale, ALICES)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"stale-change"}


def test_crossed_history_does_not_take_back_a_status(world: World) -> None:
    # A commit of a merged branch (1) and a newer one of main (2) are both ancestors of main. A
    # head on top of both has two merge bases: judged against (1), it leaves status.yaml as it
    # was there, and merging would still take back what (2) did.
    registry = world.registry
    start = registry.git("rev-parse", "main")
    one = plumbing.commit(registry, {b"x": plumbing.leaf(registry, b"1")}, start)
    two = world.land({"servers/io.github.alice/weather/status.yaml": '"*": {status: deleted}'})
    merged = plumbing.commit(registry, {b"x": plumbing.leaf(registry, b"1")}, two, one)
    registry.git("reset", "--quiet", "--hard", merged)
    head = plumbing.commit(registry, {}, one, two)
    judgement = world.judge(head, MALLORYS)
    assert judgement.verdict is REJECT
    assert rules(judgement) == {"merge-base"}
    tree = registry.git("merge-tree", "--write-tree", "main", head).splitlines()[0]
    kept = registry.git("ls-tree", "-r", "--name-only", tree)
    assert "status.yaml" not in kept  # what the gate has prevented


def test_a_head_without_common_history(world: World) -> None:
    tree = world.registry.git("rev-parse", "main^{tree}")
    orphan = world.registry.git("commit-tree", tree, "-m", "Nothing in common")
    assert world.judge(orphan, ALICES).verdict is REJECT


def test_an_author_is_not_blamed_for_what_another_pushed_to_the_branch(world: World) -> None:
    later = claim(ALICE, MALLORY, action="synchronize", sender=MALLORY)
    assert world.judge(weather("io.github.alice", "1.1.0"), later).verdict is REJECT
