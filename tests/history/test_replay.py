"""Dates, isLatest and events: what each kind of commit does to a catalogue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.catalogue.server import Version
from builder.model import timestamp
from tests.registry import Registry, entry_file

NAME = "com.example/weather"
STATUS = f"servers/{NAME}/status.yaml"
UPSTREAM = f"servers/{NAME}/upstream.json"


def version(registry: Registry, text: str) -> Version:
    found = {one.version: one for one in registry.load().catalogue.by_name[NAME].versions}
    return found[text]


def latest(registry: Registry) -> list[str]:
    return [
        one.version for one in registry.load().catalogue.by_name[NAME].versions if one.is_latest
    ]


def events(registry: Registry) -> list[tuple[str, str]]:
    return [(event.kind.value, event.version.version) for event in registry.load().catalogue.events]


def moment(seconds: int, change: int = 1) -> int:
    """The time of a commit's change, counted from 1: microseconds after the commit's date."""
    return timestamp.from_git(seconds) + change * 1000


def upstream(**versions: Any) -> dict[str, Any]:
    return {"source": "https://upstream.example", "versions": versions}


def official(moment: str, **more: Any) -> dict[str, Any]:
    return {
        "status": "active",
        "publishedAt": moment,
        "updatedAt": moment,
        "isLatest": True,
        **more,
    }


def test_a_version_is_published_when_its_file_appears(registry: Registry) -> None:
    registry.commit(entry_file())
    one = version(registry, "1.0.0")
    assert {one.published, one.status_changed, one.updated} == {moment(registry.time)}
    assert one.is_latest
    assert one.item("com.example.registry") == (
        b'{"server":{"$schema":"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",'
        b'"name":"com.example/weather","description":"Tells the weather.","version":"1.0.0",'
        b'"packages":[{"registryType":"npm","identifier":"@example/weather","version":"1.0.0",'
        b'"transport":{"type":"stdio"}}]},'
        b'"_meta":{"io.modelcontextprotocol.registry/official":{"status":"active",'
        b'"statusChangedAt":"2023-11-14T22:15:20.000001Z","publishedAt":"2023-11-14T22:15:20.000001Z",'
        b'"updatedAt":"2023-11-14T22:15:20.000001Z","isLatest":true}}}'
    )


def test_losing_the_flag_is_an_event_but_no_update_of_the_old_latest(registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    first = registry.time
    registry.commit(entry_file(version="1.1.0"))
    old, new = version(registry, "1.0.0"), version(registry, "1.1.0")
    assert (old.published, old.updated) == (moment(first), moment(first))
    assert new.updated == moment(registry.time, 2)
    assert events(registry) == [
        ("published", "1.0.0"),
        ("latest-moved", "1.0.0"),
        ("published", "1.1.0"),
    ]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (["1.0.0", "1.10.0", "1.9.0"], "1.10.0"),
        (["1.0.0+a", "1.0.0+b"], "1.0.0+a"),
        (["1.9.0", "2.0.0-rc.1"], "2.0.0-rc.1"),
        (["1.0.0", "snapshot"], "1.0.0"),
        (["snapshot", "nightly"], "nightly"),
        (["snapshot", "0.0.1"], "0.0.1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_latest_is_what_publishing_in_this_order_makes_it(
    registry: Registry, published: list[str], expected: str
) -> None:
    for text in published:
        registry.commit(entry_file(version=text))
    assert latest(registry) == [expected]


def test_a_status_change_computes_latest_anew_and_the_newest_of_equals_wins(
    registry: Registry,
) -> None:
    for text in ("1.0.0+a", "1.0.0+b", "0.9.0"):
        registry.commit(entry_file(version=text))
    registry.commit({STATUS: '"0.9.0": {status: deprecated, message: Old}\n'})
    assert latest(registry) == ["1.0.0+b"]
    old = version(registry, "0.9.0")
    assert (old.status, old.status_message) == ("deprecated", "Old")
    assert old.status_changed == old.updated == moment(registry.time)


def test_a_deleted_latest_gives_the_flag_to_the_highest_that_is_left(registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    registry.commit(entry_file(version="2.0.0"))
    registry.commit({STATUS: '"2.0.0": {status: deleted}\n'})
    assert latest(registry) == ["1.0.0"]
    registry.commit({STATUS: '"*": {status: deleted}\n'})
    assert latest(registry) == ["2.0.0"], "if all are deleted the highest keeps the flag"
    assert registry.load().catalogue.latest == ()


def test_a_message_alone_changes_updated_but_not_status_changed(registry: Registry) -> None:
    registry.commit(entry_file())
    registry.commit({STATUS: '"1.0.0": {status: deprecated}\n'})
    changed = registry.time
    registry.commit({STATUS: '"1.0.0": {status: deprecated, message: "Use 2.0.0"}\n'})
    one = version(registry, "1.0.0")
    assert one.status_changed == moment(changed)
    assert one.updated == moment(registry.time)


def test_a_commit_dated_before_its_parent_comes_right_after_it(registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    first = registry.time
    registry.commit({"README.md": "An unrelated commit from the future.\n"}, after=10_000)
    future = registry.time
    registry.commit(entry_file(version="1.1.0"), after=-9_000)
    assert version(registry, "1.0.0").published == moment(first)
    assert moment(future) < version(registry, "1.1.0").published < moment(future, 9)


def test_a_merged_branch_counts_when_it_is_merged(registry: Registry) -> None:
    registry.commit(entry_file(version="1.0.0"))
    registry.git("checkout", "--quiet", "-b", "topic")
    registry.commit(entry_file(version="1.1.0"))
    branch = registry.time
    registry.git("checkout", "--quiet", "main")
    registry.commit(entry_file("com.example/other"))
    registry.time += 600
    registry.git("merge", "--quiet", "--no-ff", "--message", "Merge", "topic")
    assert version(registry, "1.1.0").published == moment(registry.time, 2) > moment(branch)


def test_a_mirrored_version_has_upstreams_times_but_is_updated_when_it_came_here(
    registry: Registry,
) -> None:
    date = "2023-01-02T03:04:05.678901Z"
    registry.commit({**entry_file(), UPSTREAM: upstream(**{"1.0.0": official(date)})})
    one = version(registry, "1.0.0")
    assert timestamp.render(one.published) == timestamp.render(one.status_changed) == date
    assert one.updated == moment(registry.time)
    assert one.source == "https://upstream.example"


def test_an_upstream_that_is_ahead_of_us_does_not_move_our_times(registry: Registry) -> None:
    future = official("2030-01-01T00:00:00Z")
    registry.commit({**entry_file(), UPSTREAM: upstream(**{"1.0.0": future})})
    assert version(registry, "1.0.0").updated == moment(registry.time)
    registry.commit({UPSTREAM: upstream(**{"1.0.0": {**future, "status": "deprecated"}})})
    assert version(registry, "1.0.0").updated == moment(registry.time)


def test_upstream_status_and_message_are_shown_and_our_own_status_wins(registry: Registry) -> None:
    block = official(
        "2023-01-02T00:00:00Z",
        status="deprecated",
        statusMessage="Gone",
        statusChangedAt="2023-02-01T00:00:00Z",
    )
    registry.commit({**entry_file(), UPSTREAM: upstream(**{"1.0.0": block})})
    one = version(registry, "1.0.0")
    assert (one.status, one.status_message) == ("deprecated", "Gone")
    assert timestamp.render(one.status_changed) == "2023-02-01T00:00:00Z"
    registry.commit({STATUS: '"1.0.0": {status: deleted, message: Malware}\n'})
    one = version(registry, "1.0.0")
    assert (one.status, one.status_message) == ("deleted", "Malware")
    assert one.status_changed == moment(registry.time)


def test_other_upstream_metadata_is_passed_on_beside_the_official_block(registry: Registry) -> None:
    sidecar = {
        **upstream(**{"1.0.0": official("2023-01-02T00:00:00Z")}),
        "meta": {"1.0.0": {"x-ms-icon": "i.png", "com.example/n": 2**70}},
    }
    registry.commit({**entry_file(), UPSTREAM: sidecar})
    meta = json.loads(version(registry, "1.0.0").item("com.example.registry"))["_meta"]
    assert (meta["x-ms-icon"], meta["com.example/n"]) == ("i.png", 2**70)


def test_a_number_that_becomes_true_is_a_change_of_metadata(registry: Registry) -> None:
    # Python says 1 == 1.0 == True; a reader of JSON does not.
    block = {"1.0.0": official("2023-01-02T00:00:00Z")}
    registry.commit({**entry_file(), UPSTREAM: upstream(**block)})
    for value in (1, 1.0, True):
        registry.commit({UPSTREAM: {**upstream(**block), "meta": {"1.0.0": {"x": value}}}})
    assert [kind for kind, _ in events(registry)] == ["published", *["metadata"] * 3]


def test_moderation_leaves_a_tombstone_without_the_content(registry: Registry) -> None:
    registry.commit(entry_file(description="unlawful text"))
    registry.commit(entry_file(version="0.9.0"))
    registry.commit({f"servers/{NAME}/1.0.0.json": None})
    *_, removed, moved = registry.load().catalogue.events
    assert (moved.kind, moved.version.version) == ("latest-moved", "0.9.0")
    assert (removed.kind, removed.version.status) == ("removed", "deleted")
    assert b"unlawful" not in removed.version.item("com.example.registry")
    assert [one.version for one in registry.load().catalogue.by_name[NAME].versions] == ["0.9.0"]


def test_the_document_is_passed_on_token_for_token(registry: Registry) -> None:
    text = '{ "version": "1.0.0",\n "name":"com.example/weather", "x": [1.0, 1e-7, 123456789012345678901234567890, "a \\u00e9 \\" b"] }'
    registry.commit({f"servers/{NAME}/1.0.0.json": text})
    expected = b'{"version":"1.0.0","name":"com.example/weather","x":[1.0,1e-7,123456789012345678901234567890,"a \\u00e9 \\" b"]}'
    assert version(registry, "1.0.0").document == expected
