"""What was removed comes back: a version with the same or other bytes, a namespace by a new claim."""

from __future__ import annotations

import pytest

from builder.git import index_file
from builder.git.discovery import discover
from builder.model.errors import RepositoryError
from builder.net.network import Network
from builder.ownership import removed
from tests.ownership.events import ALICE, DEPENDABOT, MALLORY, claim
from tests.ownership.servers import Zone
from tests.ownership.world import (
    ACCEPT,
    ALICES,
    MALLORYS,
    REJECT,
    REVIEW,
    Files,
    Signer,
    World,
    owned_by,
    owners_file,
    rules,
    said,
    weather,
)
from tests.registry import entry_file

SECOND = "servers/io.github.alice/weather/1.1.0.json"
OPERATOR = claim(DEPENDABOT, None, own_branch=True)


def second(**fields: object) -> Files:
    return weather("io.github.alice", "1.1.0", **fields)


@pytest.fixture
def moderated(world: World) -> World:
    """A registry in which alice's version 1.1.0 was published, and removed by moderation."""
    world.land(second())
    world.land({SECOND: None})
    return world


def test_a_removed_version_comes_back_with_other_bytes(moderated: World) -> None:
    for who in (ALICES, MALLORYS, OPERATOR):
        judgement = moderated.judge(second(description="Other bytes."), who)
        assert judgement.verdict is REJECT
        assert "version-used-up" in rules(judgement)
    assert moderated.judge(weather("io.github.alice", "1.1.1"), ALICES).verdict is ACCEPT


def test_a_removed_version_comes_back_as_it_was(moderated: World) -> None:
    judgement = moderated.judge(second(), ALICES)
    assert judgement.verdict is REJECT
    assert "was published here and removed in" in said(judgement)
    restored = moderated.judge(second(), OPERATOR)
    assert restored.verdict is REVIEW
    assert "version-used-up" in rules(restored)


def test_a_removed_version_is_signed_again(world: World, network: Network, zone: Zone) -> None:
    world.network, signer = network, Signer()
    zone.txt("example.com", signer.record)
    pin = owners_file("com.example", keys=[signer.pin], proof="dns")
    world.land({**signer.sign(weather("com.example")), **pin})
    signed = signer.sign(weather("com.example", "1.1.0"))
    world.land(signed)
    world.land(dict.fromkeys(signed))
    for change in (signed, signer.sign(weather("com.example", "1.1.0", description="Other."))):
        judgement = world.judge(change, MALLORYS)
        assert judgement.verdict is REJECT
        assert "version-used-up" in rules(judgement)


def test_a_removed_version_comes_back_in_another_case(world: World) -> None:
    world.land(entry_file("io.github.alice/weather", "1.1.0-RC"))
    world.land({"servers/io.github.alice/weather/1.1.0-RC.json": None})
    for name, version in (("weather", "1.1.0-rc"), ("Weather", "1.1.0-RC")):
        judgement = world.judge(entry_file(f"io.github.alice/{name}", version), ALICES)
        assert judgement.verdict is REJECT
        assert "version-used-up" in rules(judgement)


def test_a_version_was_removed_by_a_merge(world: World) -> None:
    registry = world.registry
    world.land(second())
    removal = world.propose({SECOND: None})
    registry.git("checkout", "--quiet", "main")
    registry.git("merge", "--quiet", "--no-ff", "--message", "Remove", removal)
    assert world.judge(second(description="Other."), ALICES).verdict is REJECT


def test_a_version_that_stood_in_a_merged_branch_only_is_free(world: World) -> None:
    # The main line never had it: two commits of a branch, the second of which removes it again.
    registry = world.registry
    first = world.propose(second())
    registry.git("checkout", "--quiet", "--detach", first)
    registry.commit({SECOND: None, **weather("io.github.alice", "1.2.0")})
    head = registry.git("rev-parse", "HEAD")
    registry.git("checkout", "--quiet", "main")
    registry.git("merge", "--quiet", "--no-ff", "--message", "Merge", head)
    assert world.judge(second(), ALICES).verdict is ACCEPT


def test_several_versions_are_removed_and_one_comes_back_among_new_ones(world: World) -> None:
    many = {
        path: content
        for number in range(5)
        for path, content in weather("io.github.alice", f"2.{number}.0").items()
    }
    world.land(many)
    world.land(dict.fromkeys(many))
    change = {**weather("io.github.alice", "3.0.0"), **weather("io.github.alice", "2.3.0")}
    judgement = world.judge(change, ALICES)
    assert judgement.verdict is REJECT
    assert {finding.path for finding in judgement.findings} == {
        "servers/io.github.alice/weather/2.3.0.json"
    }


@pytest.mark.parametrize("namespace", ["io.github.mallory", "io.github.Mallory"])
def test_a_removed_namespace_is_claimed_again_only_before_a_person(
    world: World, namespace: str
) -> None:
    mine = {**weather("io.github.mallory"), **owned_by(MALLORY)}
    world.land(mine)
    world.land(dict.fromkeys(mine))
    again = {**weather(namespace, "2.0.0"), **owned_by(MALLORY, namespace)}
    judgement = world.judge(again, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"namespace-removed-before"}
    old = {**weather("io.github.mallory"), **owned_by(MALLORY)}
    assert world.judge(old, MALLORYS).verdict is REJECT


def test_the_owners_of_a_removed_namespace_file_do_not_change_by_a_new_claim(world: World) -> None:
    world.land(owned_by(MALLORY))
    world.land(dict.fromkeys(owned_by(MALLORY)))
    again = {**weather("io.github.mallory"), **owned_by(MALLORY)}
    assert world.judge(again, MALLORYS).verdict is REVIEW


def test_what_is_remembered_of_removals_belongs_to_a_line(world: World) -> None:
    """The index is continued, goes back to an older base, and survives a rewritten branch."""
    registry = world.registry
    start = world.land(second())
    gone = world.land({SECOND: None})

    def paths(commit: str) -> list[str]:
        return [one.path for one in removed.read(registry.repository, commit).at(SECOND)]

    assert paths(start) == []
    assert paths(gone) == [SECOND]
    assert paths(start) == []
    registry.git("reset", "--quiet", "--hard", start)
    other = world.land(weather("io.github.alice", "1.2.0"))
    assert paths(other) == []
    later = world.land({SECOND: None})
    assert paths(later) == [SECOND]
    registry.git("reset", "--quiet", "--hard", gone)
    assert paths(gone) == [SECOND]
    # A damaged index is read anew, and so is one of a commit that is no more.
    (registry.root / ".git/mcp-registry" / removed.FILE).write_text("nonsense")
    assert paths(gone) == [SECOND]
    index_file.write(registry.repository, removed.FILE, {"tip": "1" * 40, "removed": []})
    assert paths(gone) == [SECOND]


def test_a_shallow_clone_does_not_know_what_was_removed(
    moderated: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clone = tmp_path_factory.mktemp("clone") / "shallow"
    origin = f"file://{moderated.registry.root}"
    moderated.registry.git("clone", "--quiet", "--depth=1", origin, str(clone))
    repository = discover(clone)
    with pytest.raises(RepositoryError, match="shallow clone"):
        removed.read(repository, repository.commit("HEAD"))


def test_a_namespace_that_holds_mirrored_servers_is_claimed_before_a_person(
    world: World, network: Network, zone: Zone
) -> None:
    mirrored = '{"source": "https://registry.modelcontextprotocol.io", "versions": {"1.0.0": {}}}'
    for namespace in ("io.github.mallory", "com.example"):
        world.land(
            {
                **weather(namespace),
                f"servers/{namespace}/weather/upstream.json": mirrored,
            }
        )
    by_login = {**entry_file("io.github.mallory/tools"), **owned_by(MALLORY)}
    judgement = world.judge(by_login, MALLORYS)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"namespace-has-servers"}
    assert judgement.namespaces[0].waits == "is new here"
    signer = Signer()
    zone.txt("example.com", signer.record)
    by_key = {
        **signer.sign(entry_file("com.example/tools")),
        **owners_file("com.example", keys=[signer.pin], proof="dns"),
    }
    judgement = world.judge(by_key, MALLORYS, network=network)
    assert judgement.verdict is REVIEW
    assert rules(judgement) == {"namespace-has-servers"}
    # The file of owners alone, to publish later, is the same claim.
    assert world.judge(owned_by(MALLORY), MALLORYS).verdict is REVIEW


def test_a_namespace_without_owner_whose_servers_are_no_mirrors(world: World) -> None:
    world.land(weather("io.github.mallory"))
    change = {**weather("io.github.mallory", "1.1.0"), **owned_by(MALLORY)}
    assert world.judge(change, MALLORYS).verdict is REVIEW


def test_the_claim_in_one_change_and_the_server_in_the_next_both_wait(world: World) -> None:
    alone = world.judge(owned_by(MALLORY), MALLORYS)
    assert (alone.verdict, alone.namespaces[0].waits) == (ACCEPT, "is new here")
    world.land(owned_by(MALLORY))
    first = world.judge(weather("io.github.mallory"), MALLORYS)
    assert (first.verdict, first.namespaces[0].waits) == (ACCEPT, "is new here")
    world.land(weather("io.github.mallory"))
    second = world.judge(weather("io.github.mallory", "1.1.0"), MALLORYS)
    assert (second.verdict, second.namespaces[0].waits) == (ACCEPT, "")
    assert world.judge(second_of_alice(), ALICES).namespaces[0].new is False


def second_of_alice() -> Files:
    return weather("io.github.alice", "1.1.0")


def test_a_version_of_a_removed_owner_is_not_burnt_by_a_status(world: World) -> None:
    assert ALICE["id"]
    status = {"servers/io.github.alice/weather/status.yaml": '"*": {status: deprecated}'}
    assert world.judge(status, ALICES).verdict is ACCEPT
