"""The rules agree with the official validator on every recorded document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder import rules
from builder.check.engine import check_document
from builder.model.finding import Finding, Severity
from builder.model.layout import entry_path
from tests.rules import vectors

VECTORS = vectors.load()
REFUSED = [one for one in VECTORS["server_json"] if one["json_schema_2025_12_11"] == "reject"]
# The codes of the recorded validator; R30 and up are asked elsewhere upstream.
_RECORDED = {f"R{number}" for number in range(1, 30)}
SEMANTIC = {rule.code for rule in rules.RULES if _RECORDED & set(rule.reference.split(", "))}
# What upstream refuses by a quirk is a warning here (see the rules' explanations).
QUIRKS = {"version-looks-like-range", "invalid-repository-url"}


def document(vector: dict[str, Any]) -> dict[str, Any]:
    changed = {**VECTORS["base"], **vector["set"]}
    return {key: value for key, value in changed.items() if key not in vector.get("remove", ())}


def findings(vector: dict[str, Any]) -> list[Finding]:
    content = document(vector)
    path = entry_path(str(content.get("name")), str(content.get("version")))
    return check_document(json.dumps(content).encode(), path)


def pointer(path: str) -> str:
    """`packages[0].transport.url` -> `/packages/0/transport/url`"""
    return "/" + (
        "$schema" if path == "schema" else path.replace("[", ".").replace("]", "")
    ).replace(".", "/")


@pytest.mark.parametrize("vector", VECTORS["server_json"], ids=lambda v: f"{v['id']}-{v['group']}")
def test_codes_and_places(vector: dict[str, Any]) -> None:
    if vector["upstream_semantic"] == "not decodable":
        assert any(finding.severity is Severity.ERROR for finding in findings(vector))
        return
    found = [f for f in findings(vector) if f.rule in SEMANTIC]
    expected = sorted((issue["reference"], pointer(issue["path"])) for issue in vector["issues"])
    assert sorted((f.rule, f.pointer) for f in found) == expected
    for issue in vector["issues"]:
        severities = {f.severity for f in found if f.rule == issue["reference"]}
        quirk = issue["reference"] in QUIRKS and severities == {Severity.WARNING}
        assert quirk or severities == {Severity(issue["severity"])}
        if quirk:
            assert all("official registry refuses this" in f.message for f in found)


@pytest.mark.parametrize("vector", REFUSED, ids=lambda v: f"{v['id']}-{v['group']}")
def test_what_the_current_schema_refuses_is_never_accepted(vector: dict[str, Any]) -> None:
    assert any(finding.severity is Severity.ERROR for finding in findings(vector))
