"""Overlays: which apply to a server, and what they do to its versions and the change log."""

from __future__ import annotations

import json
from typing import Any

from builder.build import source
from tests.registry import Registry, entry_file

NAME = "com.example/weather"
OWN = f"servers/{NAME}/overlay.yaml"
MANY = "overlays/house.yaml"


def said(registry: Registry, version: str = "1.0.0", name: str = NAME) -> dict[str, Any]:
    """What the API tells of the registry's word on a version."""
    found = registry.load().catalogue.by_name[name].version(version)
    assert found is not None
    meta: dict[str, Any] = json.loads(found.item("com.example.registry"))["_meta"]
    overlay: dict[str, Any] = meta.get("com.example.registry/overlay", {})
    return overlay


def events(registry: Registry) -> list[tuple[str, str]]:
    return [(one.kind.value, one.version.version) for one in registry.load().catalogue.events]


def test_the_publishers_document_stays_and_the_registrys_word_stands_outside(
    registry: Registry,
) -> None:
    registry.commit(entry_file())
    before = registry.load().catalogue.by_name[NAME].versions[0]
    registry.commit({OWN: "recommended: true\nreplaced-by: com.example/other\ndata: {risk: low}\n"})
    after = registry.load().catalogue.by_name[NAME].versions[0]
    assert after.document == before.document
    assert said(registry) == {
        "recommended": True,
        "replacedBy": "com.example/other",
        "data": {"risk": "low"},
    }
    assert events(registry) == [("published", "1.0.0"), ("overlay", "1.0.0")]
    assert after.updated > before.updated
    assert after.published == before.published


def test_an_approval_is_told_with_the_versions_that_it_covers(registry: Registry) -> None:
    registry.commit({**entry_file(), **entry_file(version="1.1.0"), **entry_file(version="2.0.0")})
    registry.commit({OWN: "approved: {by: Security, at: 2026-01-31, versions: ['1.*']}\n"})
    assert said(registry, "1.1.0") == {"approved": {"by": "Security", "at": "2026-01-31"}}
    assert said(registry, "2.0.0") == {"approved": False}


def test_later_and_more_particular_overlays_count(registry: Registry) -> None:
    registry.commit({**entry_file(), **entry_file("org.example/maps")})
    registry.commit(
        {
            "overlays/a.yaml": "servers: ['*']\ntags: [all]\nsummary: First.\nverified: true\n",
            "overlays/b.yaml": f"servers: [{NAME}]\ntags: [named]\nsummary: Second.\n",
            OWN: "verified: false\ntags: [own, all]\n",
        }
    )
    assert said(registry) == {
        "summary": "Second.",
        "tags": ["all", "named", "own"],
        "verified": False,
    }
    assert said(registry, name="org.example/maps") == {
        "summary": "First.",
        "tags": ["all"],
        "verified": True,
    }


def test_an_overlay_waits_for_servers_to_come_and_leaves_those_it_no_longer_fits(
    registry: Registry,
) -> None:
    registry.commit({MANY: "servers: ['com.example/*']\ncategories: [house]\n"})
    registry.commit(entry_file())
    assert said(registry) == {"categories": ["house"]}
    assert events(registry) == [("published", "1.0.0")]
    registry.commit({MANY: "servers: ['org.example/*']\ncategories: [house]\n"})
    assert said(registry) == {}
    registry.commit({MANY: None})
    assert events(registry) == [("published", "1.0.0"), ("overlay", "1.0.0")]


def test_what_cannot_be_read_says_nothing_and_is_a_finding_with_its_place(
    registry: Registry,
) -> None:
    registry.commit({**entry_file(), OWN: "title: Ours\nrecomended: true\n"})
    registry.commit({MANY: "servers: [weather]\n", "overlays/Notes.txt": "x"})
    loaded = registry.load()
    assert said(registry) == {}
    found = {(one.path, one.line, one.column, one.rule): one.message for one in loaded.findings}
    assert found == {
        (OWN, 2, 13, "invalid-sidecar"): (
            "recomended: there is no key 'recomended'; did you mean 'recommended'?"
        ),
        (MANY, 1, 11, "invalid-sidecar"): (
            "servers.0: 'weather' fits no server: names have the form namespace/name"
        ),
        ("overlays/Notes.txt", None, None, "unexpected-file"): (
            "nothing reads a file of this path in overlays/"
        ),
    }


def test_reading_on_finds_patterns_of_commits_before(registry: Registry) -> None:
    registry.commit({MANY: "servers: ['*/weather']\ntags: [found]\n"})
    before = source.load(registry.repository)
    registry.commit(entry_file())
    after = source.load(registry.repository, earlier=before.reading)
    assert after.catalogue.by_name[NAME].versions[0].overlay == b'{"tags":["found"]}'
    assert after.reading.changed == {NAME}


def test_a_removed_server_takes_the_registrys_word_along(registry: Registry) -> None:
    registry.commit({**entry_file(), OWN: "notes: unlawful\n"})
    registry.commit({f"servers/{NAME}/1.0.0.json": None})
    *_, last = registry.load().catalogue.events
    assert last.kind.value == "removed"
    assert b"unlawful" not in last.version.item("com.example.registry")
