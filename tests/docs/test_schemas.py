"""schema/: the official files are as published, ours are what the models say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from builder.docs.__main__ import files as generated
from builder.model import config, sidecars
from builder.model.errors import ConfigError
from builder.runtime import resources
from tests.registry import CONFIG

PUBLISHED = {
    "2025-07-09": "9e349ba6b321bdf99432666f67e019b4b27e58ecc816fede4c08adc797e4f88a",
    "2025-09-16": "a5c19f122907b4e0684ca08f36b944c3d0972799bc6223d575d5677f94717b0b",
    "2025-09-29": "80fede68c01e868b7170b966f247bd32b9932c46f3fbef2e3b0d0a18996bf54f",
    "2025-10-11": "64135841ae0929143b22b70cbe0dda1483f7ee011adf9e19a3cee38392476808",
    "2025-10-17": "2cc1552fb3a00ad83d9ae4ee0445a21617098963b58e9bae7b94d680d841b4cc",
    "2025-12-11": "3fba09590c99f61735d234822279f4223fab9e300c0a81e81c91ab62a4114de0",
}
"""SHA-256 of each official schema as its publisher serves it, by the schema's date."""


@pytest.mark.parametrize(("date", "digest"), PUBLISHED.items())
def test_official_schemas_are_unchanged(date: str, digest: str) -> None:
    ours = (resources.folder("schema") / "official" / date / "server.schema.json").read_bytes()
    assert hashlib.sha256(ours).hexdigest() == digest
    assert f"/schemas/{date}/" in json.loads(ours)["$id"]


@pytest.mark.parametrize(
    ("path", "text"), list(generated()), ids=lambda value: getattr(value, "name", "")
)
def test_generated_files_are_what_the_code_says(path: Path, text: str) -> None:
    assert path.is_file() and path.read_text(encoding="utf-8") == text, "run: make reference"


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("namespace", {"owners": [{"github": "alice", "id": 583231}], "proof": "github"}, True),
        ("namespace", {"owners": [{"github": "alice"}], "proof": "github"}, False),
        ("namespace", {"owners": [{"github": "alice", "id": 1}], "proof": "trust me"}, False),
        ("status", {"1.0.0": {"status": "deprecated", "message": "Use 2.0.0"}}, True),
        ("status", {"1.0.0": {"status": "gone"}}, False),
        ("status", {"1.0.0": {"status": "deleted", "message": "x" * 501}}, False),
        (
            "upstream",
            {"source": "https://x.example", "versions": {"1.0.0": {"status": "active"}}},
            True,
        ),
        ("upstream", {"versions": {}}, False),
        (
            "registry",
            {"title": "T", "base_url": "https://x.example", "extension_namespace": "com.example"},
            True,
        ),
        (
            "registry",
            {"title": "T", "base_url": "https://x.example", "extension_namespace": "No Name"},
            False,
        ),
        (
            "registry",
            {
                "title": "T",
                "base_url": "https://x.example",
                "extension_namespace": "com.example",
                "tittle": 1,
            },
            False,
        ),
    ],
)
def test_an_editor_and_the_builder_say_the_same(name: str, value: object, valid: bool) -> None:
    schema = json.loads((resources.folder("schema") / f"{name}.schema.json").read_bytes())
    assert Draft202012Validator(schema).is_valid(value) is valid
    readers: dict[str, Callable[[bytes], object]] = {
        **{file.partition(".")[0]: read for file, read in sidecars.READERS.items()},
        "registry": config.parse,
    }
    try:
        readers[name](json.dumps(value).encode())
        read = True
    except (sidecars.SidecarError, ConfigError):
        read = False
    assert read is valid


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hosts: [geocities]", "registry.yaml:7: hosts.0"),
        ("tittle: x", "registry.yaml:7: tittle: there is no key 'tittle'; did you mean 'title'?"),
        ("title: again", "given twice"),
        ("x: &a [1]\ny: *a", "anchors and aliases"),
        ("x: !!python/object/apply:os.system [id]", "tags are not allowed"),
        ("policy: {mirror: {statuses: [gone]}}", "registry.yaml:7: policy.mirror.statuses.0"),
        ("branch: [", "not YAML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        config.parse(f"{CONFIG}\n{line}\n".encode())
    assert said in raised.value.message


def test_a_version_that_looks_like_a_number_stays_text() -> None:
    read = sidecars.read_status(
        b"1.0: {status: deleted}\n2025-01-01: {status: deprecated}\nyes: {status: active}\n"
    )
    assert set(read.root) == {"1.0", "2025-01-01", "yes"}
