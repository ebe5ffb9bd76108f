"""Mirroring: everything comes in as upstream has it, twice is once, and differences are told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from builder.mirror.report import MirrorOutcome as Outcome
from builder.model import layout, sidecars
from builder.model.server_json import OFFICIAL
from tests.data import dump
from tests.mirror.upstream import SOURCE, apply, item


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {
        str(file.relative_to(root)): (file.read_bytes(), file.stat().st_mtime_ns) for file in files
    }


def test_a_real_dump_comes_in_whole_and_faithfully(tmp_path: Path) -> None:
    items = dump("2025-12-12")
    report = apply(tmp_path, items)
    assert report.counts() == {Outcome.ADDED: 2628}
    for listed in items:
        name, version = listed["server"]["name"], listed["server"]["version"]
        stored = (tmp_path / layout.entry_path(name, version)).read_bytes()
        assert json.dumps(json.loads(stored)) == json.dumps(listed["server"]), (
            "content and key order"
        )
        known = sidecars.read_upstream(
            (tmp_path / layout.server_path(name, "upstream.json")).read_bytes()
        )
        assert known.source == SOURCE
        assert known.versions[version] == listed["_meta"][OFFICIAL]


def test_the_same_dump_again_touches_no_file(tmp_path: Path) -> None:
    apply(tmp_path, dump("2025-12-12"))
    before = snapshot(tmp_path)
    report = apply(tmp_path, dump("2025-12-12"))
    assert report.counts() == {Outcome.UNCHANGED: 2628}
    assert report.unlisted == []
    assert snapshot(tmp_path) == before


def test_a_later_dump_adds_and_updates_exactly_what_differs(tmp_path: Path) -> None:
    older, newer = dump("2025-11-27"), dump("2025-12-12")
    apply(tmp_path / "step", older)
    report = apply(tmp_path / "step", newer)
    was, now = (
        {(i["server"]["name"], i["server"]["version"]): i for i in items}
        for items in (older, newer)
    )
    expected = Counter(
        Outcome.ADDED
        if key not in was
        else Outcome.CONTENT
        if was[key]["server"] != listed["server"]
        else Outcome.METADATA
        if was[key]["_meta"] != listed["_meta"]
        else Outcome.UNCHANGED
        for key, listed in now.items()
    )
    assert report.counts() == expected
    apply(tmp_path / "at-once", newer)
    at_once, in_steps = snapshot(tmp_path / "at-once"), snapshot(tmp_path / "step")
    assert {key: data for key, (data, _) in at_once.items()} == {
        key: data for key, (data, _) in in_steps.items()
    }


def test_what_is_odd_about_real_data_is_said_and_kept(tmp_path: Path) -> None:
    items = dump("2025-12-12")
    report = apply(tmp_path, items)
    reported = {(finding.path, finding.rule) for finding in report.findings}
    assert {str(finding.severity) for finding in report.findings} == {"warning"}
    without_schema = [listed for listed in items if not listed["server"]["$schema"]]
    empty_repository = [listed for listed in items if listed["server"].get("repository") == {}]
    assert without_schema
    assert empty_repository
    for odd in [*without_schema, *empty_repository]:
        where = layout.entry_path(odd["server"]["name"], odd["server"]["version"])
        rule = "schema-field-required" if odd in without_schema else "schema-required"
        assert (where, rule) in reported
        assert (tmp_path / where).is_file()


def test_what_upstream_no_longer_lists_is_kept_and_said(tmp_path: Path) -> None:
    apply(tmp_path, [item(version="1.0.0"), item(version="2.0.0")])
    report = apply(tmp_path, [item(version="2.0.0")])
    assert report.unlisted == [("com.example/weather", "1.0.0")]
    assert (tmp_path / "servers/com.example/weather/1.0.0.json").is_file()


def test_a_server_published_here_is_not_overwritten(tmp_path: Path) -> None:
    own = tmp_path / "servers/com.example/weather/1.0.0.json"
    own.parent.mkdir(parents=True)
    own.write_text("{}")
    report = apply(tmp_path, [item()])
    assert report.counts() == {Outcome.REFUSED: 1}
    assert own.read_text() == "{}"


def test_an_item_that_a_walk_met_twice_is_one_and_the_last_counts(tmp_path: Path) -> None:
    twice = [item(title="Before"), item(title="After")]
    assert apply(tmp_path, twice).counts() == {Outcome.ADDED: 1}
    assert apply(tmp_path, twice).counts() == {Outcome.UNCHANGED: 1}
    assert b"After" in (tmp_path / "servers/com.example/weather/1.0.0.json").read_bytes()
