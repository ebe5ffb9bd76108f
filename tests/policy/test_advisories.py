"""Advisories: read as OSV has them, told of the servers here, asked for by lines of the policy."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import cli
from builder.pages import html
from builder.policy.advisories import of_records, of_rows
from tests.registry import CONFIG, Registry, entry, entry_file

POLICY = """\
policy:
  advisories: osv.json
  publish:
    rules: [{match: {advisory: "*"}, do: review, because: an advisory is about it}]
  mirror:
    rules: [{match: {advisory: MAL-*}, do: reject, because: it is malicious}]
"""


def record(id: str, name: str, *events: dict[str, str], **more: Any) -> dict[str, Any]:
    ranges = [{"type": "SEMVER", "events": list(events)}] if events else []
    package = {"ecosystem": more.pop("ecosystem", "npm"), "name": name}
    return {
        "id": id,
        "summary": f"About {name}.",
        "affected": [{"package": package, "ranges": ranges, **more}],
    }


RECORDS = [
    record("GHSA-1", "@example/weather", {"introduced": "0"}, {"fixed": "1.1.0"}),
    record("MAL-1", "@evil/coins", versions=["1.0.0"]),
    record("PYSEC-1", "Some.Thing", {"introduced": "0"}, ecosystem="PyPI"),
    {**record("GHSA-2", "@example/weather"), "withdrawn": "2025-01-01T00:00:00Z"},
    "no record",
    {"id": 1},
]


def of_package(kind: str, identifier: str, version: str) -> list[str]:
    package = {"registryType": kind, "identifier": identifier, "version": version}
    return [one.id for one in of_records(RECORDS).about({"packages": [package]})]


@pytest.mark.parametrize(
    ("package", "ids"),
    [
        (("npm", "@example/weather", "1.0.0"), ["GHSA-1"]),
        (("npm", "@example/weather", "1.1.0"), []),
        (("npm", "@example/weather", "latest"), []),
        (("npm", "@evil/coins", "1.0.0"), ["MAL-1"]),
        (("npm", "@evil/coins", "2.0.0"), []),
        (("pypi", "some-thing", "0.1"), ["PYSEC-1"]),
        (("cargo", "some-thing", "0.1.0"), []),
    ],
)
def test_what_an_advisory_is_about(package: tuple[str, str, str], ids: list[str]) -> None:
    assert of_package(*package) == ids


def test_an_index_says_the_same_after_it_was_kept() -> None:
    known = of_records(RECORDS)
    again = of_rows(json.loads(json.dumps(known.rows())))
    assert again.by_package == known.by_package


@given(
    st.recursive(
        st.none() | st.text(max_size=3) | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "affected",
                        "package",
                        "ecosystem",
                        "name",
                        "ranges",
                        "events",
                        "introduced",
                        "fixed",
                        "versions",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_records_of_any_shape_are_read(value: Any) -> None:
    of_records([value]).about(
        {"packages": [{"registryType": "npm", "identifier": "x", "version": "1"}]}
    )


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, record in enumerate(RECORDS):
            archive.writestr(f"{number}.json", json.dumps(record))
    return file.getvalue()


FORMS = {
    "list": json.dumps(RECORDS).encode(),
    "answer": json.dumps({"vulns": RECORDS}).encode(),
    "lines": b"\n".join(json.dumps(record).encode() for record in RECORDS),
    "gzip": gzip.compress(json.dumps(RECORDS).encode()),
    "zip": _zip(),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_osv_data_is_read(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path, CONFIG + POLICY)
    registry.commit({**entry_file(), **entry_file(version="1.1.0"), "osv.json": FORMS[form]})
    assert cli.run(["advisories", "--root", str(registry.root)]) == 1
    assert capsys.readouterr().out == (
        "com.example/weather 1.0.0: @example/weather 1.0.0: GHSA-1: About @example/weather.\n"
        "advisories of 3 packages, about 1 version here\n"
    )


@pytest.mark.parametrize("data", [b"{", b"\x1f\x8bxx", b"PK\x05\x06" + b"\0" * 18, b"\xff", b"1"])
def test_what_is_no_osv_data_is_one_line(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path)
    (tmp_path / "osv").write_bytes(data)
    code = cli.run(["advisories", "osv", "--root", str(registry.root)])
    printed = capsys.readouterr()
    assert (
        code == 2 and printed.err.startswith("error: ")
    ) or "advisories of 0 packages" in printed.out


def test_lines_ask_for_advisories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = Registry(tmp_path / "registry", CONFIG + POLICY)
    registry.commit({"osv.json": FORMS["list"]})
    coins = {"registryType": "npm", "identifier": "@evil/coins", "version": "1.0.0"}
    evil = entry("com.evil/coins", packages=[{**coins, "transport": {"type": "stdio"}}])
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps([{"server": evil}, {"server": entry("com.other/x")}]))
    root = ["--root", str(registry.root)]
    cli.run(["mirror", "--dump", str(dump), *root])
    printed = capsys.readouterr()
    assert "none were read here" in printed.err and "added: com.evil/coins" in printed.out
    registry.git("clean", "--quiet", "-fd", "servers")
    cli.run(["advisories", *root])
    capsys.readouterr()
    cli.run(["mirror", "--dump", str(dump), *root])
    assert "excluded: com.evil/coins 1.0.0: it is malicious" in capsys.readouterr().out
    registry.commit(entry_file())
    cli.run(["check", *root])
    assert "published already: an advisory is about it" in capsys.readouterr().out
    assert cli.run(["policy", "explain", "com.example/weather", *root]) == 0
    assert "advisory: GHSA-1" in capsys.readouterr().out


def test_pages_and_the_api_tell_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = Registry(tmp_path / "registry", CONFIG + POLICY)
    registry.commit({**entry_file(), **entry_file(version="1.1.0"), **entry_file("com.other/maps")})
    registry.commit({"osv.json": FORMS["list"]})
    root = ["--root", str(registry.root)]
    assert cli.run(["advisories", "--write", "--commit", *root]) == 1
    assert "written: 1 file in overlays/" in capsys.readouterr().out
    loaded = registry.load()
    assert not loaded.findings
    said = {version.key: version.registry_word() for version in loaded.catalogue.versions()}
    told = {
        "id": "GHSA-1",
        "package": "@example/weather 1.0.0",
        "summary": "About @example/weather.",
    }
    assert said == {
        ("com.example/weather", "1.0.0"): {"advisories": [told]},
        ("com.example/weather", "1.1.0"): {},
        ("com.other/maps", "1.0.0"): {},
    }
    (page,) = [
        page
        for server in loaded.catalogue.servers
        for page in html.server_pages(server, None, loaded.config)
        if page.path == "servers/com.example/weather/1.0.0/index.html"
    ]
    assert b"https://osv.dev/vulnerability/GHSA-1" in page.body
    registry.commit({"osv.json": "[]"})
    assert cli.run(["advisories", "--write", "--commit", *root]) == 0
    assert not list((registry.root / "overlays").glob("*.yaml"))
