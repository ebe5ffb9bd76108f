"""Mirroring: everything comes in as upstream has it, twice is once, and differences are told."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from builder import cli
from builder.mirror import apply as mirror
from builder.mirror.dump import read_dump
from builder.mirror.intake import of_mirror_policy
from builder.mirror.report import MirrorOutcome as Outcome
from builder.mirror.report import MirrorReport
from builder.mirror.standing import resume
from builder.model import layout, sidecars, timestamp
from builder.model.finding import has_errors
from builder.model.mirror_settings import MirrorPolicy
from builder.model.server_json import OFFICIAL
from tests.data import dump
from tests.registry import Registry

SOURCE = "https://registry.modelcontextprotocol.io"
POLICY = MirrorPolicy()
NOW = timestamp.parse("2026-01-01T00:00:00Z")


def item(name: str = "com.example/weather", version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    block = {
        "status": "active",
        "publishedAt": "2025-01-01T00:00:00Z",
        "updatedAt": "2025-01-01T00:00:00Z",
        "isLatest": True,
    }
    return {
        "server": {"name": name, "description": "A server", "version": version, **more},
        "_meta": {OFFICIAL: block},
    }


def apply(root: Path, items: list[dict[str, Any]], policy: MirrorPolicy = POLICY) -> MirrorReport:
    return mirror.apply(root, SOURCE, items, of_mirror_policy(policy), complete=True)


def snapshot(root: Path) -> dict[str, tuple[bytes, int]]:
    files = (one for one in root.rglob("*") if one.is_file())
    return {str(one.relative_to(root)): (one.read_bytes(), one.stat().st_mtime_ns) for one in files}


def test_a_real_dump_comes_in_whole_and_faithfully(tmp_path: Path) -> None:
    items = dump("2025-12-12")
    report = apply(tmp_path, items)
    assert report.counts() == {Outcome.ADDED: 2628}
    for one in items:
        name, version = one["server"]["name"], one["server"]["version"]
        stored = (tmp_path / layout.entry_path(name, version)).read_bytes()
        assert json.dumps(json.loads(stored)) == json.dumps(one["server"]), "content and key order"
        known = sidecars.read_upstream(
            (tmp_path / layout.server_path(name, "upstream.json")).read_bytes()
        )
        assert known.source == SOURCE
        assert known.versions[version] == one["_meta"][OFFICIAL]


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
        if was[key]["server"] != one["server"]
        else Outcome.METADATA
        if was[key]["_meta"] != one["_meta"]
        else Outcome.UNCHANGED
        for key, one in now.items()
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
    said = {(finding.path, finding.rule) for finding in report.findings}
    assert {str(finding.severity) for finding in report.findings} == {"warning"}
    without_schema = [one for one in items if not one["server"]["$schema"]]
    empty_repository = [one for one in items if one["server"].get("repository") == {}]
    assert without_schema
    assert empty_repository
    for one in [*without_schema, *empty_repository]:
        where = layout.entry_path(one["server"]["name"], one["server"]["version"])
        assert (
            where,
            "schema-field-required" if one in without_schema else "schema-required",
        ) in said
        assert (tmp_path / where).is_file()


def test_what_upstream_no_longer_lists_is_kept_and_said(tmp_path: Path) -> None:
    apply(tmp_path, [item(version="1.0.0"), item(version="2.0.0")])
    report = apply(tmp_path, [item(version="2.0.0")])
    assert report.unlisted == [("com.example/weather", "1.0.0")]
    assert (tmp_path / "servers/com.example/weather/1.0.0.json").is_file()


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"exclude": ["com.example/*"]}, "exclude list"),
        ({"include": ["io.github.*"]}, "include list"),
        ({"include": ["*"], "exclude": ["*/weather"]}, "exclude list"),
        ({"package_types": ["npm"]}, "package type pypi"),
        ({"transports": ["sse"]}, "transport stdio"),
        ({"statuses": ["deleted"]}, "status active"),
    ],
    ids=str,
)
def test_the_policy_leaves_out_with_a_reason(
    tmp_path: Path, policy: dict[str, list[str]], reason: str
) -> None:
    packages = [{"registryType": "pypi", "identifier": "x", "transport": {"type": "stdio"}}]
    report = apply(tmp_path, [item(packages=packages)], MirrorPolicy.model_validate(policy))
    (entry,) = report.entries
    assert entry.outcome is Outcome.EXCLUDED
    assert reason in entry.reason
    assert not (tmp_path / "servers").exists()


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("../../etc/passwd", "1"),
        ("com.example/..", "1"),
        ("com.example", "1"),
        ("a/b/c", "1"),
        ("com.example/x", "9" * 300),
        ("com.example/\u202ex", "1"),
        ("", "1"),
        ("com.example/x", ""),
        ("com.example/.git", "1"),
        (".GIT/x", "1"),
        ("com.example/\ud800", "1"),
        ("com.example/x", "\ud800"),
    ],
)
def test_what_cannot_be_a_path_is_refused_and_said(tmp_path: Path, name: str, version: str) -> None:
    report = apply(tmp_path, [item(name, version), item("com.example/fine")])
    assert {entry.name: entry.outcome for entry in report.entries} == {
        name: Outcome.REFUSED,
        "com.example/fine": Outcome.ADDED,
    }
    assert [one.name for one in (tmp_path / "servers").iterdir()] == ["com.example"]


def test_a_server_published_here_is_not_overwritten(tmp_path: Path) -> None:
    own = tmp_path / "servers/com.example/weather/1.0.0.json"
    own.parent.mkdir(parents=True)
    own.write_text("{}")
    report = apply(tmp_path, [item()])
    assert report.counts() == {Outcome.REFUSED: 1}
    assert own.read_text() == "{}"


def test_names_that_differ_only_in_case_are_both_kept_or_refused_aloud(tmp_path: Path) -> None:
    report = apply(tmp_path, [item("com.example/Weather"), item("com.example/weather")])
    stored = {one.name for one in (tmp_path / "servers/com.example").iterdir()}
    refused = {entry.name for entry in report.entries if entry.outcome is Outcome.REFUSED}
    assert stored | {name.rpartition("/")[2] for name in refused} == {"Weather", "weather"}


def test_on_a_file_system_that_folds_case_nothing_takes_the_place_of_another(
    tmp_path: Path,
) -> None:
    for spelling in ("servers", "SERVERS"):  # both are there: so it looks from inside
        (tmp_path / spelling).mkdir()
    items = [
        item("com.example/weather", "1.0.0-RC1"),
        item("com.example/weather", "1.0.0-rc1"),
        item("Com.Example/other"),
    ]
    apply(tmp_path, items[:1])
    report = apply(tmp_path, items)
    refused = {
        (entry.name, entry.version): entry.reason
        for entry in report.entries
        if entry.outcome is Outcome.REFUSED
    }
    assert set(refused) == {("com.example/weather", "1.0.0-rc1"), ("Com.Example/other", "1.0.0")}
    assert (
        "servers/com.example/weather/1.0.0-RC1.json" in refused["com.example/weather", "1.0.0-rc1"]
    )
    assert "servers/com.example," in refused["Com.Example/other", "1.0.0"]
    assert [one.name for one in (tmp_path / "servers").iterdir()] == ["com.example"]


def test_elsewhere_what_differs_only_in_case_is_kept_and_said(tmp_path: Path) -> None:
    report = apply(tmp_path, [item(version="1.0.0-RC1"), item(version="1.0.0-rc1")])
    first, second = report.entries
    assert (first.outcome, first.reason) == (Outcome.ADDED, "")
    assert second.outcome is Outcome.ADDED
    assert second.reason.startswith("differs only in case from ")


NO_ITEMS: list[Any] = [
    None,
    {"server": None},
    item(version="1.0.0", name=""),
    item() | {"server": {"name": "com.example/odd", "version": None}},
    item("com.example/odd", "latest"),
    item("com.example/odd", ".."),
    item("com.example/odd", size=float("nan")),
    item("com.example/odd", size=10**400),
    item("com.example/odd", title="\ud800"),
    item("com.example/odd") | {"_meta": {OFFICIAL: {"x": float("inf")}}},
]
ODD_ITEMS = [
    item("com.example/odd", packages=value)
    for value in (1, "x", {}, [None], [1], [{"transport": 1}])
] + [
    item("com.example/odd", remotes=["x"]),
    item("com.example/odd", packages=[{"registryType": []}]),
    item("com.example/odd") | {"_meta": [1]},
    item("com.example/odd") | {"_meta": {OFFICIAL: "x"}},
]


@pytest.mark.parametrize("odd", [*NO_ITEMS, *ODD_ITEMS], ids=repr)
def test_one_odd_item_hides_no_other_and_what_comes_in_builds(
    registry: Registry, tmp_path: Path, odd: Any
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item("com.example/fine"), odd]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file), "--commit"]) == 0
    loaded = registry.load()
    assert not has_errors(loaded.findings)
    names = {version.name for version in loaded.catalogue.versions()}
    assert names == {"com.example/fine"} | ({"com.example/odd"} if odd in ODD_ITEMS else set())
    restrictive = MirrorPolicy(package_types=("npm",), transports=("stdio",))
    assert len(apply(tmp_path / "other", [odd], restrictive).entries) == 1


def test_a_version_that_upstream_deletes_is_deleted_here_under_any_policy(tmp_path: Path) -> None:
    policy = MirrorPolicy(statuses=("active",))
    apply(tmp_path, [item()], policy)
    gone = item()
    gone["_meta"][OFFICIAL]["status"] = "deleted"
    report = apply(tmp_path, [gone, item("com.example/other") | {"_meta": gone["_meta"]}], policy)
    assert {entry.name: entry.outcome for entry in report.entries} == {
        "com.example/weather": Outcome.METADATA,
        "com.example/other": Outcome.EXCLUDED,
    }
    known = sidecars.read_upstream(
        (tmp_path / "servers/com.example/weather/upstream.json").read_bytes()
    )
    assert known.versions["1.0.0"]["status"] == "deleted"


def test_an_item_that_a_walk_met_twice_is_one_and_the_last_counts(tmp_path: Path) -> None:
    twice = [item(title="Before"), item(title="After")]
    assert apply(tmp_path, twice).counts() == {Outcome.ADDED: 1}
    assert apply(tmp_path, twice).counts() == {Outcome.UNCHANGED: 1}
    assert b"After" in (tmp_path / "servers/com.example/weather/1.0.0.json").read_bytes()


def test_the_next_walk_begins_before_what_the_last_one_may_have_missed(tmp_path: Path) -> None:
    # Published while a walk was past its name: older than what the walk met at its end.
    missed, met = "2025-03-01T11:58:00Z", "2025-03-01T12:00:00.5Z"
    assert resume(tmp_path, SOURCE, NOW) is None
    for name, time in (("zz.example/last", met), ("com.example/odd", "yesterday")):
        one = item(name)
        one["_meta"][OFFICIAL]["updatedAt"] = time
        apply(tmp_path, [one])
    since = resume(tmp_path, SOURCE, NOW)
    assert since is not None
    assert timestamp.parse(since) < timestamp.parse(missed) < timestamp.parse(met)
    assert resume(tmp_path, "https://another.example.com", NOW) is None


def test_a_broken_sidecar_is_named_in_one_line(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item()]))
    sidecar_file = registry.root / "servers/com.example/weather/upstream.json"
    sidecar_file.parent.mkdir(parents=True)
    sidecar_file.write_text("<<<<<<< HEAD\n")
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 2
    assert "servers/com.example/weather/upstream.json" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_escaped(
    registry: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item("com.example/\x1b[2J\ud800")]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 0
    assert "com.example/\\u001b[2J\\ud800" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrap",
    [lambda items: items, lambda items: {"servers": items, "metadata": {}}],
    ids=["list", "response"],
)
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_every_form_of_a_dump_is_read(tmp_path: Path, wrap: Any, pack: Any) -> None:
    file = tmp_path / "dump"
    file.write_bytes(pack(json.dumps(wrap([item()])).encode()))
    assert read_dump(file, 1 << 20) == [item()]


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"[1]", b'[{"server": 1}]', b"\x1f\x8bxx", b"\xff", b"[" * 100_000],
    ids=lambda data: repr(data[:16]),
)
def test_a_file_that_is_no_dump_is_one_line_and_exit_code_2(
    registry: Registry, tmp_path: Path, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dump.json"
    file.write_bytes(data)
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file)]) == 2
    assert "dump.json" in capsys.readouterr().err


def test_the_command_commits_when_asked_and_the_result_builds(
    registry: Registry, tmp_path: Path
) -> None:
    file = tmp_path / "dump.json"
    file.write_text(json.dumps([item(), item("io.github.x/y", "{{VERSION}}")]))
    assert cli.run(["mirror", "--root", str(registry.root), "--dump", str(file), "--commit"]) == 0
    assert registry.git("status", "--porcelain") == ""
    names = [one.key for one in registry.load().catalogue.versions()]
    assert names == [("com.example/weather", "1.0.0"), ("io.github.x/y", "{{VERSION}}")]


def test_what_is_held_by_its_age_is_asked_for_again(tmp_path: Path) -> None:
    apply(tmp_path, [item()])
    week = 7 * 24 * 3600 * timestamp.SECOND
    since = resume(tmp_path, SOURCE, timestamp.parse("2025-01-03T00:00:00Z"), week)
    assert since is not None and timestamp.parse(since) < timestamp.parse("2024-12-28T00:00:00Z")


def test_a_cool_down_holds_a_version_until_it_is_old_enough(tmp_path: Path) -> None:
    rules = [{"match": {"published-within": "7d"}, "do": "review", "because": "a week"}]
    week = MirrorPolicy.model_validate({"rules": rules})

    def on(day: str) -> MirrorReport:
        taken = of_mirror_policy(week, timestamp.parse(f"{day}T00:00:00Z"))
        return mirror.apply(tmp_path, SOURCE, [item()], taken, complete=True)

    (held,) = on("2025-01-03").entries
    assert (held.outcome, held.reason) == (Outcome.HELD, "a week")
    assert not (tmp_path / "servers").exists()
    assert on("2025-01-09").counts() == {Outcome.ADDED: 1}
    assert on("2025-01-03").counts() == {Outcome.UNCHANGED: 1}, "what is here stays"
