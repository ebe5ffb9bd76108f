"""Building a site again from what it states, and what is told when it is not the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pytest

from builder import cli
from builder.ownership.key import read_private
from builder.sealing import manifest
from builder.trust import note, seal
from builder.trust.note import Note
from tests.trust.sites import LOG, ORIGIN, Site, lying_server, make_site

OWN = LOG.removesuffix("/log")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = make_site(tmp_path)
    made.publish("one", "two")
    made.build()
    assert made.seal("--manifest") == 0
    made.publish("three")  # the repository goes on
    return made


def rebuild(site: Site, place: str, *arguments: str) -> int:
    own = ["--repository", str(site.registry.root), "--jobs", "1"]
    return cli.run(["rebuild", place, *own, *arguments])


def test_a_site_is_built_again_and_equal(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with lying_server(site) as server:
        assert rebuild(site, server.url) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("equal: ")


def test_what_differs_is_listed(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    altered = site.out / "v0.1/servers/com.example/one/versions/1.0.0/index.json"
    altered.write_bytes(b"{}")
    (site.out / "extra.html").write_bytes(b"extra")
    (site.out / "robots.txt").unlink()
    assert site.seal("--manifest") == 0
    capsys.readouterr()
    assert rebuild(site, str(site.out)) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines == [
        "extra.html: only there",
        "robots.txt: only here",
        "v0.1/servers/com.example/one/versions/1.0.0/index.json: differs",
    ]
    assert last.startswith("not equal: 3 of ")


def test_the_own_registry_is_named_by_its_settings_and_the_result_is_written(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    altered = site.out / "robots.txt"
    altered.write_bytes(b"")
    assert site.seal("--manifest") == 0
    result, summary = tmp_path / "rebuild.json", tmp_path / "summary.md"
    written = ["--result", str(result), "--summary", str(summary)]
    assert rebuild(site, str(site.out), *written) == 1
    said = orjson.loads(result.read_bytes())
    assert (said["equal"], said["differences"]) == (False, ["robots.txt: differs"])
    assert said["commit"] == site.registry.git("rev-parse", "HEAD~1").strip()
    assert "not equal: 1 of " in summary.read_text()
    with lying_server(site) as server:
        settings = (site.registry.root / "registry.yaml").read_text()
        site.registry.commit(
            {"registry.yaml": settings.replace("https://registry.example.com", server.url)}
        )
        assert cli.run(["rebuild", "--repository", str(site.registry.root), "--jobs", "1"]) == 1
    assert cli.run(["rebuild", "--repository", "https://registry.example.com/git"]) == 2


def test_an_altered_list_is_refused(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    part = next((site.out / OWN / "manifest").glob("*.json"))
    part.write_bytes(part.read_bytes().replace(b"a", b"b"))
    assert rebuild(site, str(site.out)) == 2
    assert "is not the one that was signed" in capsys.readouterr().err
    signed = site.out / OWN / "manifest/list"
    signed.write_bytes(signed.read_bytes().replace(b"json", b"jsom", 1))
    assert rebuild(site, str(site.out)) == 2


def test_another_builder_is_named(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.sealing.manifest.__version__", "99.0")
    assert rebuild(site, str(site.out)) == 2
    assert "pip install static-mcp-registry==" in capsys.readouterr().err


def test_a_small_change_renews_few_parts(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.publish(*(f"s{number}" for number in range(60)))
    site.build()
    assert site.seal("--manifest") == 0
    parts = {path.name: path.read_bytes() for path in (site.out / OWN / "manifest").iterdir()}
    site.registry.commit({"servers/com.example/s1/status.yaml": "1.0.0: {status: deprecated}\n"})
    site.build()
    assert site.seal("--manifest") == 0
    folder = site.out / OWN / "manifest"
    assert sum(parts.get(path.name) != path.read_bytes() for path in folder.iterdir()) < 70


def signed_list(site: Site, text: str, part: bytes = b"{}") -> None:
    """Let the site's own key sign a list of digests of this text; {part} is that of one part."""
    key = seal.log_key(ORIGIN, read_private(site.key.read_bytes()))
    text = text.replace("{part}", hashlib.sha256(part).hexdigest())
    folder = site.out / OWN / "manifest"
    (folder / "00.json").write_bytes(part)
    (folder / "list").write_text(
        str(Note(text, (note.sign(text, key.public, key.private),))), "utf-8", newline=""
    )


COMMIT = "0" * 40


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (f"{ORIGIN}/manifest\n", b"{}"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n", b"{}"),
        (f"{ORIGIN}/manifest\n--all\n1.0\n", b"{}"),
        (f"{ORIGIN}/manifest\nHEAD\n1.0\n", b"{}"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0 --index-url https://evil.example\n", b"{}"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\u2028x\n", b"{}"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\n../../log/key {{part}}\n", b"{}"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\n00.json {{part}}\n", b"[]"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\n00.json {{part}}\n", b"{"),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\n00.json {{part}}\n", b'{"a": 1}'),
        (f"{ORIGIN}/manifest\n{COMMIT}\n1.0\n00.json {{part}}\n", b'{"\xff": "a"}'),
    ],
)
def test_a_list_of_another_form_is_refused_whoever_signed_it(
    text: str, part: bytes, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has the key of a site is a stranger to who builds it again."""
    signed_list(site, text, part)
    assert rebuild(site, str(site.out)) == 2
    assert "list of digests" in capsys.readouterr().err


def test_paths_of_a_site_move_nothing_on_the_screen(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit = site.registry.git("rev-parse", "HEAD~1").strip()
    part = orjson.dumps({"a\x1b[2K\u202e": "0" * 64})
    signed_list(
        site,
        f"{ORIGIN}/manifest\n{commit}\n{manifest.current_builder()}\n00.json {{part}}\n",
        part,
    )
    capsys.readouterr()
    summary = tmp_path / "summary.md"
    assert rebuild(site, str(site.out), "--summary", str(summary)) == 1
    for told in (capsys.readouterr().out, summary.read_text()):
        assert "a\\u001b[2K\\u202e: only there" in told
        assert "\x1b" not in told and "\u202e" not in told
