"""Somebody publishes a server at an address that is another's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.test_command import event_file, run
from tests.model.test_remote_address import ADDRESS, SPELLINGS
from tests.ownership.events import ALICE, MALLORY, Json
from tests.ownership.world import Files, World, owned_by, owners_file, weather
from tests.registry import entry_file

DELETED = '"*": {status: deleted}\n'


def at(url: str, name: str, version: str = "1.0.0") -> Files:
    return entry_file(name, version, remotes=[{"type": "streamable-http", "url": url}])


@pytest.fixture
def victim(world: World) -> World:
    """A registry in which com.victim is proved by DNS and alice's; mallory has a namespace too."""
    owner = [{"github": "alice", "id": ALICE["id"]}]
    world.land(owners_file("com.victim", owners=owner, proof="dns"))
    world.land(
        {**entry_file("com.victim/first"), **owned_by(MALLORY), **weather("io.github.mallory")}
    )
    return world


@pytest.fixture
def judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """What `check` says of a change that somebody proposes: the verdict, and the rules."""

    def judge(world: World, change: Files, who: Json) -> tuple[str, set[str]]:
        head = world.propose(change)
        _, report = run(world, capsys, head, "--event", event_file(tmp_path, who, head))
        return report["verdict"], {
            finding["rule"] for finding in report["findings"] if finding["severity"] != "warning"
        }

    return judge


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_address_in_two_spellings_is_one_server(
    world: World, judge: Any, spelling: str
) -> None:
    world.land(at(ADDRESS, "com.elsewhere/mcp"))
    verdict, rules = judge(world, at(spelling, "io.github.alice/weather", "1.1.0"), ALICE)
    assert verdict == "reject"
    assert "remote-url-conflict" in rules


def test_the_proved_owner_of_the_host_is_favoured_by_a_review(victim: World, judge: Any) -> None:
    victim.land(at(ADDRESS, "io.github.mallory/mcp"))
    verdict, rules = judge(victim, at(ADDRESS, "com.victim/mcp"), ALICE)
    assert (verdict, rules) == ("review", {"remote-url-conflict"})
    victim.land(at(ADDRESS, "com.victim/mcp"))
    # From then on it is the other who is told so, and the operator withdraws it.
    verdict, rules = judge(victim, at(ADDRESS, "io.github.mallory/mcp", "1.1.0"), MALLORY)
    assert verdict == "reject"
    assert rules == {"remote-url-conflict"}
    victim.land({"servers/io.github.mallory/mcp/status.yaml": DELETED})
    assert judge(victim, at(ADDRESS, "com.victim/mcp", "1.1.0"), ALICE)[0] == "accept"


def test_a_host_of_another_is_looked_at_whatever_follows_it(victim: World, judge: Any) -> None:
    for url in (f"{ADDRESS}?x=1", "https://victim.com/sse", "https://a.b.victim.com/"):
        verdict, rules = judge(victim, at(url, "io.github.mallory/mcp"), MALLORY)
        assert (verdict, rules) == ("review", {"address-of-another"})
    for url in ("https://notvictim.com/", "https://victim.com.mallory.net/"):
        assert judge(victim, at(url, "io.github.mallory/mcp"), MALLORY)[0] == "accept"


def test_the_owner_of_a_host_publishes_there_under_each_namespace(
    victim: World, judge: Any
) -> None:
    assert judge(victim, at(ADDRESS, "com.victim/mcp"), ALICE) == ("accept", set())
    # The same account owns both.
    assert judge(victim, at(ADDRESS, "io.github.alice/mcp"), ALICE) == ("accept", set())


def test_a_server_that_has_led_there_goes_on(victim: World, judge: Any) -> None:
    other = f"{ADDRESS}/tenants/mallory"
    victim.land(at(other, "io.github.mallory/mcp"))
    assert judge(victim, at(other, "io.github.mallory/mcp", "1.1.0"), MALLORY)[0] == "accept"
    assert judge(victim, at(other, "io.github.mallory/more"), MALLORY)[0] != "accept"


def test_a_web_file_proves_exactly_its_host(world: World, judge: Any) -> None:
    owner = [{"github": "alice", "id": ALICE["id"]}]
    world.land(owners_file("com.victim", owners=owner, proof="http"))
    world.land({**owned_by(MALLORY), **weather("io.github.mallory")})
    mine = at("https://victim.com/mcp", "io.github.mallory/mcp")
    assert judge(world, mine, MALLORY)[0] == "review"
    below = at("https://tenant.victim.com/mcp", "io.github.mallory/mcp")
    assert judge(world, below, MALLORY)[0] == "accept"


def test_a_remote_in_an_entry_that_is_not_plain(victim: World, judge: Any) -> None:
    document = json.dumps(at(ADDRESS, "io.github.mallory/mcp").popitem()[1])
    escaped = document.replace("victim", "v\\u0069ctim").replace('"url"', '"\\u0075rl"')
    change: Files = {"servers/io.github.mallory/mcp/1.0.0.json": escaped}
    assert judge(victim, change, MALLORY)[0] == "review"


@pytest.mark.parametrize(
    ("url", "tenant"),
    [
        ("https://{tenant}/mcp", {"default": "victim.com"}),
        ("https://{tenant}/mcp", {"value": "api.victim.com"}),
        (
            "https://{tenant}/mcp",
            {"default": "mallory.net", "choices": ["mallory.net", "victim.com"]},
        ),
        ("https://{tenant}.mallory.net/", {"default": "victim.com/"}),
        ("https://vic{tenant}.com/", {"default": "tim"}),
    ],
)
def test_a_host_of_another_that_the_entry_fills_in(
    victim: World, judge: Any, url: str, tenant: Json
) -> None:
    remote = {"type": "sse", "url": url, "variables": {"tenant": tenant}}
    change = entry_file("io.github.mallory/mcp", "1.0.0", remotes=[remote])
    assert judge(victim, change, MALLORY) == ("review", {"address-of-another"})


def test_a_package_that_is_reached_at_a_host_of_another(victim: World, judge: Any) -> None:
    variable = {"name": "HOST", "default": "victim.com"}
    for url in ("https://victim.com/mcp", "https://{HOST}/mcp"):
        package = {
            "registryType": "npm",
            "identifier": "@mallory/mcp",
            "version": "1.0.0",
            "environmentVariables": [variable],
            "transport": {"type": "sse", "url": url},
        }
        change = entry_file("io.github.mallory/mcp", "1.0.0", packages=[package])
        assert judge(victim, change, MALLORY) == ("review", {"address-of-another"})
