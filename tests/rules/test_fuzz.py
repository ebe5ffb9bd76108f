"""Any bytes in, findings out: never an exception, and never another answer for the same bytes."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from builder.check import engine, scope
from builder.gate.report.formats import FORMATS
from builder.gate.report.report import Report, verdict
from builder.git import records
from builder.model import server_json, strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.server_json import DocumentError
from builder.rules.engine.rule import document as small
from tests.rules import vectors

PATH = "servers/com.example/weather/1.0.0.json"
VECTORS = [vector["set"] for vector in vectors.load()["server_json"]]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
keys = st.sampled_from(
    ["name", "version", "title", "icons", "packages", "remotes", "repository", "_meta", "$schema"]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that once was right, with anything anywhere."""
    content = copy.deepcopy(small(**draw(st.sampled_from(VECTORS))))
    for _ in range(draw(st.integers(0, 3))):
        _spoil(draw, content)
    return content


def _spoil(draw: st.DrawFn, node: Any) -> None:
    while isinstance(node, (dict, list)) and node:
        steps = list(node) if isinstance(node, dict) else range(len(node))
        step = draw(st.sampled_from(list(steps)))
        if not isinstance(node[step], (dict, list)) or draw(st.booleans()):
            node[step] = draw(json_values | keys)
            return
        node = node[step]


def placed(findings: list[Finding], data: bytes) -> None:
    """Every place is inside the text."""
    lines = data.decode("utf-8", "replace").split("\n")
    for finding in findings:
        assert finding.message
        if finding.line is not None:
            assert 1 <= finding.line <= len(lines)
            assert finding.column is not None
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1


@given(st.binary())
@example(b"\xef\xbb\xbf{}")
@example(b'{"a": "\\ud83d\\ude00 \\ud83d"}')
@example(b'{"a": 1e999, "a": NaN}')
@example(b"[" * 70_000)
@example(b'{"$schema": ["\x7f\xc2\x85"]}')
def test_any_bytes(data: bytes) -> None:
    findings = engine.check_document(data, PATH)
    assert findings, "no such small text is an entry"
    placed(findings, data)
    assert engine.check_document(data, PATH) == findings


@given(documents())
def test_any_document(content: dict[str, Any]) -> None:
    data = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    findings = engine.check_document(data, PATH)
    placed(findings, data)
    mirrored = engine.check_document(data, PATH, mirrored=True)
    structural = {"path-mismatch", "not-utf-8", "not-a-number", "lone-surrogate", "nested-too-deep"}
    errors = {finding.rule for finding in mirrored if finding.severity is Severity.ERROR}
    assert errors <= structural
    report = Report(findings=tuple(findings), verdict=verdict(findings))
    assert all(render(report) for render in FORMATS.values())


@given(documents())
def test_white_space_changes_no_finding(content: dict[str, Any]) -> None:
    plain, spread = (
        engine.check_document(
            json.dumps(content, indent=indent).encode("utf-8", "surrogatepass"), PATH
        )
        for indent in (None, 4)
    )
    assert [(one.rule, one.pointer, one.message) for one in _by_rule(plain)] == [
        (one.rule, one.pointer, one.message) for one in _by_rule(spread)
    ]


def _by_rule(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.rule, finding.pointer, finding.message))


@given(st.binary(), st.sampled_from(["status.yaml", "upstream.json"]), st.text())
def test_any_sidecar(data: bytes, name: str, folder: str) -> None:
    path = f"servers/com.example/{folder.replace('/', '')}/{name}"
    files = [records.TreeEntry(records.REGULAR, "1", path)]
    findings = engine.check_scope(scope.of_tree(files, lambda _: data))
    assert all(finding.path == path for finding in findings)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_yaml(data: bytes) -> None:
    try:
        strict_yaml.parse(data)
    except strict_yaml.YamlError as error:
        assert str(error)
    assert strict_yaml.locate(data, ("a", 0)) is None or strict_yaml.locate(data, ())


@given(json_values.map(lambda value: {"a": value}))
def test_what_is_read_is_what_was_written(content: dict[str, Any]) -> None:
    data = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    try:
        read = server_json.parse(data)
    except DocumentError as error:
        assert error.code in ("not-a-number", "not-utf-8", "nested-too-deep", "file-too-large")
        return
    assert read == content
