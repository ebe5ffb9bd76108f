"""Versions that want another page's path, or a file name that no disk takes."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from builder import cli, pages
from builder.build import build, source
from builder.check.engine import check_document
from builder.model.finding import Severity
from builder.model.layout import encode_version, entry_path
from builder.output.writer import check_path
from tests.changes import check_change
from tests.hostile import plumbing
from tests.ownership.events import ALICE, claim
from tests.ownership.world import ALICES, REJECT, REVIEW, World, rules, weather
from tests.registry import Registry, entry, entry_file

WEATHER = "io.github.alice/weather"
TAKEN = [
    "1.0.0/index.json",
    "latest/index.json",
    "LATEST/INDEX.JSON",
    "1.0.0/Index.Json",
    "1.0.0/index.json/2",
    "index.json",
    "index.md",
    "Index.html",
    "latest",
    "Latest",
    "../1.0.0",
    "a//b",
    "/a",
    "a/",
    ".",
    "x" * 247,
    "é" * 42,
    "%" * 83,
    "1" * 240 + "/" + "2" * 15,
]


def written(version: str) -> bytes:
    return (json.dumps(entry(WEATHER, version), indent=2) + "\n").encode()


@pytest.mark.parametrize("version", TAKEN)
@pytest.mark.parametrize("mirrored", [False, True])
def test_no_check_lets_it_in(version: str, mirrored: bool) -> None:
    findings = check_document(written(version), entry_path(WEATHER, version), mirrored=mirrored)
    errors = {one.rule for one in findings if one.severity is Severity.ERROR}
    assert errors if not mirrored else "unservable-version" in errors


@pytest.mark.parametrize("name", ["index.json/weather", "com.example/index.html"])
def test_a_name_of_a_document(name: str) -> None:
    findings = check_document(json.dumps(entry(name)).encode(), entry_path(name, "1.0.0"))
    assert "unservable-version" in {one.rule for one in findings}


def land(registry: Registry, files: dict[str, bytes]) -> None:
    """Put files on the branch past every check, whatever their names are."""
    leaves = {path.encode(): plumbing.leaf(registry, data) for path, data in files.items()}
    registry.git("update-ref", "refs/heads/main", plumbing.commit(registry, leaves))


BROKEN = {
    **{entry_path(WEATHER, version): written(version) for version in TAKEN if "//" not in version},
    f"servers/{WEATHER}/3.0.0.json": b"{",
    f"servers/{WEATHER}/3.1.0.json": b'{"version": "3.1.0", ' + written("3.1.0")[1:],
    f"servers/{WEATHER}/3.2.0.json": b"[" * 60_000,
    f"servers/{WEATHER}/3.3.0.json": b"\xff",
    f"servers/{WEATHER}/3.4.0.json": written("3.4.1"),
    f"servers/{WEATHER}/3.5.0.json": b"",
    "servers/io.github.alice/other/status.yaml": b"'*': {status: gone}",
    "servers/x": b"",
}


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path[-30:])
def test_a_broken_file_is_left_out_and_the_rest_is_published(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    registry, out = world.registry, tmp_path / "public"
    command = ["build", "--root", str(registry.root), "--out", str(out), "--jobs", "1", "--quiet"]
    land(registry, {path: BROKEN[path]})
    assert cli.run(command) == 0
    assert "error[" in capsys.readouterr().err
    (item,) = json.loads((out / "v0.1/servers/index.json").read_bytes())["servers"]
    assert item["server"]["version"] == "1.0.0"
    assert cli.run([*command, "--strict"]) == 1  # although nothing has changed since
    assert cli.run([*command[:4], str(tmp_path / "strict"), *command[5:], "--strict"]) == 1
    assert not (tmp_path / "strict").exists()


def test_all_of_them_at_once_and_then_taken_away(world: World, tmp_path: Path) -> None:
    """What was never published leaves nothing behind, and incremental is clean."""
    registry, out = world.registry, tmp_path / "public"
    build.build(registry.repository, "main", out, 1)
    before = (out / "v0.1/servers/index.json").read_bytes()
    land(registry, BROKEN)
    _, findings = build.build(registry.repository, "main", out, 1)
    assert len({finding.path for finding in findings if finding.severity is Severity.ERROR}) >= len(
        BROKEN
    )
    assert (out / "v0.1/servers/index.json").read_bytes() == before
    gone = plumbing.commit(registry, {path.encode(): None for path in BROKEN})
    registry.git("update-ref", "refs/heads/main", gone)
    build.build(registry.repository, "main", out, 1)
    build.build(registry.repository, "main", tmp_path / "clean", 1)
    for path in (tmp_path / "clean").rglob("*"):
        if path.is_file():
            relative = path.relative_to(tmp_path / "clean")
            assert (out / relative).read_bytes() == path.read_bytes(), relative


def test_an_unreadable_status_hides_and_never_shows(world: World, tmp_path: Path) -> None:
    path = f"servers/{WEATHER}/status.yaml"
    land(world.registry, {path: b'"*": {status: deleted}'})
    land(world.registry, {path: b'"*": {status: deleted'})
    out = tmp_path / "public"
    build.build(world.registry.repository, "main", out, 1)
    assert json.loads((out / "v0.1/servers/index.json").read_bytes())["servers"] == []


@pytest.mark.parametrize("path", [path for path in BROKEN if path.endswith(".json")][::4])
def test_a_maintainer_takes_it_away_with_a_review(world: World, path: str) -> None:
    land(world.registry, {path: BROKEN[path]})
    head = plumbing.commit(world.registry, {path.encode(): None})
    findings = check_change(world.registry.repository, "main", head)
    maintainer = dataclasses.replace(ALICES, internal=True)
    judgement = world.judge(head, maintainer, findings=tuple(findings))
    assert judgement.verdict is REVIEW, judgement.reason
    assert world.judge(head, claim(ALICE, ALICE), findings=tuple(findings)).verdict is REJECT


def test_what_was_published_is_not_taken_away_like_that(world: World) -> None:
    (path,) = weather("io.github.alice")
    head = plumbing.commit(world.registry, {path.encode(): None})
    findings = check_change(world.registry.repository, "main", head)
    maintainer = dataclasses.replace(ALICES, internal=True)
    judgement = world.judge(head, maintainer, findings=tuple(findings))
    assert judgement.verdict is REJECT
    assert "version-removed" in {*rules(judgement), *(one.rule for one in findings)}


parts = st.sampled_from(
    [
        "1.0.0",
        "index.json",
        "INDEX.html",
        "index.md",
        "latest",
        "a",
        "..",
        "é",
        "%2F",
        "~",
        "x" * 90,
    ]
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
versions = st.lists(parts, min_size=1, max_size=4).map("/".join)
texts = st.text(max_size=60)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(wanted=st.lists(versions, min_size=1, max_size=6, unique_by=str.lower), text=texts)
@example(wanted=["a", "a/a", "a/a/a", "versions", "1.0.0/versions"], text="x")
def test_accepted_implies_builds_and_every_page_has_a_path_of_its_own(
    wanted: list[str], text: str
) -> None:
    """The law of item 13: whatever the rules let in can be checked out, built and written."""
    accepted = list(_accepted(wanted, text))
    assume(accepted)
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder) / "registry")
        registry.commit(dict(accepted))  # checked out, as a file
        loaded = source.load(registry.repository)
        (server,) = loaded.catalogue.servers
        assert server.count == len(accepted)
        made = [
            page.path
            for kind in pages.KINDS.values()
            for thing in kind.all(loaded.catalogue)
            for page in kind.pages(thing, loaded.config)
        ]
        _each_has_its_own(made)
        build.build(registry.repository, "HEAD", Path(folder) / "public", 1)


def _accepted(wanted: Iterable[str], text: str) -> Iterator[tuple[str, bytes]]:
    for version in wanted:
        document = entry(WEATHER, version, description=f"Weather {text}"[:90])
        data = json.dumps(document, indent=2, ensure_ascii=False).encode()
        path = entry_path(WEATHER, version)
        if not [one for one in check_document(data, path) if one.severity is Severity.ERROR]:
            yield path, data


def _each_has_its_own(paths: list[str]) -> None:
    taken = [path.casefold() for path in paths]
    folders = {folder for path in taken for folder in _folders(path)}
    assert len({*taken}) == len(taken)
    assert not folders & {*taken}
    for path in paths:
        check_path(path, ())
        assert all(len(part.encode()) <= 255 for part in path.split("/"))


def _folders(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def test_the_law_is_not_empty() -> None:
    assert [*_accepted(["1.0.0", "a/b", "é"], "x")] != []
    assert encode_version("a/b") == "a%2Fb"
    assert entry_file()
