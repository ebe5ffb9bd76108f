"""Lists have what was published as soon as it is answered, and the same bytes once it is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from builder.build import build
from builder.git.settings import load_config
from builder.publish import live
from tests.patience import wait_for
from tests.publish.running import Desk, Surroundings
from tests.registry import Registry, entry

MINE, OTHERS = "io.github.alice/tool", ("com.example/first", "net.example/last")
OFFICIAL = "io.modelcontextprotocol.registry/official"
QUERIES = (
    "",
    "?version=latest",
    "?version=1.0.0",
    "?search=tool",
    "?search=example&limit=1",
    "?include_deleted=true",
    "?updated_since=2025-01-01T00:00:00Z&limit=2",
)


def two_others(registry: Registry) -> None:
    files = {f"servers/{name}/1.0.0.json": entry(name, "1.0.0") for name in OTHERS}
    registry.commit(files)


@pytest.fixture
def among(around: Surroundings, tmp_path: Path) -> Any:
    """A registry with a server on either side of alice's, whose lists nobody builds."""
    with around.running(tmp_path, prepare=two_others) as desk:
        yield desk


def listed(desk: Desk, query: str = "") -> list[tuple[str, str]]:
    items = desk.get(f"/v0/servers{query}").json()["servers"]
    return [(item["server"]["name"], item["server"]["version"]) for item in items]


def built(desk: Desk) -> None:
    build.build(desk.registry.repository, "refs/heads/main", desk.out, 1)


def test_a_version_is_listed_as_soon_as_it_is_published(among: Desk) -> None:
    first, last = ((name, "1.0.0") for name in OTHERS)
    assert listed(among) == [first, last]
    token = among.token()
    among.publish(entry(MINE, "1.0.0"), token)
    assert listed(among) == [first, (MINE, "1.0.0"), last]
    among.publish(entry(MINE, "1.1.0"), token)
    assert listed(among) == [first, (MINE, "1.0.0"), (MINE, "1.1.0"), last]
    assert listed(among, "?version=latest&search=TOOL") == [(MINE, "1.1.0")]


def test_a_change_of_status_is_listed_at_once(among: Desk) -> None:
    token = among.token()
    for version in ("1.0.0", "1.1.0"):
        among.publish(entry(MINE, version), token)
    built(among)
    assert listed(among, "?search=tool") == [(MINE, "1.0.0"), (MINE, "1.1.0")]
    among.patch(f"{quote(MINE, safe='')}/versions/1.1.0/status", token, status="deleted")
    assert listed(among, "?search=tool") == [(MINE, "1.0.0")]
    assert listed(among, "?search=tool&version=latest") == [(MINE, "1.0.0")]
    everything = listed(among, "?search=tool&include_deleted=true")
    assert everything == [(MINE, "1.0.0"), (MINE, "1.1.0")]


def test_who_asks_by_the_greatest_time_seen_gets_nothing_twice(among: Desk) -> None:
    token = among.token()
    answer = among.publish(entry(MINE, "1.0.0"), token)
    newest = answer.json()["_meta"][OFFICIAL]["updatedAt"]
    assert listed(among, f"?updated_since={newest}") == []
    among.publish(entry(MINE, "1.1.0"), token)
    assert (MINE, "1.1.0") in listed(among, f"?updated_since={newest}")


def test_a_walk_meets_each_version_once_wherever_it_is_from(among: Desk) -> None:
    among.publish(entry(MINE, "1.0.0"), among.token())
    seen, cursor = [], ""
    while True:
        answer = among.get(f"/v0/servers?limit=1{cursor}").json()
        seen += [item["server"]["name"] for item in answer["servers"]]
        if "nextCursor" not in answer["metadata"]:
            break
        cursor = f"&cursor={answer['metadata']['nextCursor']}"
    assert seen == [OTHERS[0], MINE, OTHERS[1]]


def test_the_bytes_are_those_of_the_next_build(among: Desk) -> None:
    token = among.token()
    for version in ("1.0.0", "1.1.0", "0.9.0"):
        among.publish(entry(MINE, version), token)
    among.patch(f"{quote(MINE, safe='')}/versions/0.9.0/status", token, status="deleted")
    at_once = [among.get(f"/v0.1/servers{query}").content for query in QUERIES]
    built(among)
    assert [among.get(f"/v0.1/servers{query}").content for query in QUERIES] == at_once


def test_what_two_builds_have_is_forgotten(among: Desk, tmp_path: Path) -> None:
    """One build is not enough: readers may still be shown the lists of the one before."""
    repository = among.registry.repository
    config = load_config(repository, among.tip)
    start = among.tip
    now = live.load(repository, config, tmp_path / "nowhere", start)
    token, tips, names = among.token(), [], [f"io.github.alice/tool-{n}" for n in range(3)]
    for name in names:
        among.publish(entry(name, "1.0.0"), token)
        tips.append(among.tip)
        now.advance(among.tip)
    assert sorted(now.changed_since(start).servers) == names
    assert sorted(now.changed_since(tips[0]).servers) == names[1:]
    now.settle(tips[0])
    now.settle(tips[1])
    assert now.document(f"v0.1/servers/{names[0]}/versions/1.0.0") is True
    assert not now.changed_since(start).is_whole
    since_first = now.changed_since(tips[0])
    assert since_first.is_whole and sorted(since_first.servers) == names[1:]
    assert not now.changed_since(tips[2]).servers


def test_lists_stay_as_new_as_they_were_while_builds_follow(
    around: Surroundings, tmp_path: Path
) -> None:
    """At no moment is a list without what was answered: not as a build takes the place of another."""
    with around.running(tmp_path, options={"builds": True}) as desk:
        token, names = desk.token(), []
        for number in range(6):
            names.append((f"io.github.alice/tool-{number}", "1.0.0"))
            desk.publish(entry(*names[-1]), token)
            file = desk.out / "v0.1/servers" / names[-1][0] / "versions/1.0.0/index.json"
            while number % 3 == 2 and not file.is_file():
                assert listed(desk) == names
            assert listed(desk) == names
        wait_for(file.is_file)
        assert listed(desk) == names
