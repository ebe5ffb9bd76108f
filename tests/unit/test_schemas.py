"""schema/: the official files are as published, ours are what the models say."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from builder import config, resource, schemas, sidecar
from tests.data import shared
from tests.registry import CONFIG

DATES = ("2025-07-09", "2025-09-16", "2025-09-29", "2025-10-11", "2025-10-17", "2025-12-11")


@pytest.mark.parametrize("date", DATES)
def test_official_schemas_are_unchanged(date: str) -> None:
    ours = (resource.folder("schema") / "official" / date / "server.schema.json").read_bytes()
    theirs = shared(f"schema/static-{date}.server.schema.json").read_bytes()
    assert hashlib.sha256(ours).hexdigest() == hashlib.sha256(theirs).hexdigest()
    assert f"/schemas/{date}/" in json.loads(ours)["$id"]


def test_our_schemas_are_what_the_models_say(tmp_path: Path) -> None:
    schemas.write(tmp_path)
    for path in tmp_path.iterdir():
        checked_in = resource.folder("schema") / path.name
        assert path.read_text() == checked_in.read_text(), "run: make schemas"


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
    schema = json.loads((resource.folder("schema") / f"{name}.schema.json").read_bytes())
    assert Draft202012Validator(schema).is_valid(value) is valid
    readers = {
        **{file.partition(".")[0]: read for file, read in sidecar.READERS.items()},
        "registry": config.parse,
    }
    try:
        readers[name](json.dumps(value).encode())
        read = True
    except (sidecar.SidecarError, config.ConfigError):
        read = False
    assert read is valid


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hosts: [geocities]", "registry.yaml:7: hosts.0"),
        ("tittle: x", "registry.yaml:7: tittle: Extra inputs are not permitted"),
        ("title: again", "given twice"),
        ("x: &a [1]\ny: *a", "anchors and aliases"),
        ("x: !!python/object/apply:os.system [id]", "tags are not allowed"),
        ("policy: {mirror: {statuses: [gone]}}", "registry.yaml:7: policy.mirror.statuses.0"),
        ("branch: [", "not YAML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(line: str, said: str) -> None:
    with pytest.raises(config.ConfigError) as raised:
        config.parse(f"{CONFIG}\n{line}\n".encode())
    assert said in raised.value.message


def test_a_version_that_looks_like_a_number_stays_text() -> None:
    read = sidecar.read_status(
        b"1.0: {status: deleted}\n2025-01-01: {status: deprecated}\nyes: {status: active}\n"
    )
    assert set(read.root) == {"1.0", "2025-01-01", "yes"}
