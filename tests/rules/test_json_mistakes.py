"""What a publisher is told of a file that is nearly JSON, no text, or another document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from builder.check.engine import check_document
from tests.registry import entry
from tests.rules.telling import told

GOOD = json.dumps(entry(), indent=2)


@pytest.mark.parametrize(
    ("text", "fact", "line"),
    [
        (GOOD[:-2] + ",\n}", "a trailing comma", None),
        (GOOD.replace('"1.0.0",', '"1.0.0",,', 1), "a comma too many", 5),
        (GOOD.replace('"1.0.0",', '"1.0.0", // ours', 1), "a comment", 5),
        (GOOD.replace('"1.0.0",', '"1.0.0", /* ours */', 1), "a comment", 5),
        ("# ours\n" + GOOD, "a comment", 1),
        (GOOD.replace('"1.0.0",', '"1.0.0"', 1), "a comma is missing", 5),
        (GOOD.replace('"version":', '"version"', 1), "a colon is missing", 5),
        (GOOD.replace('"version":', "version:", 1), "the key version has no quotes", 5),
        (GOOD.replace('"version": "1.0.0"', '"version": 1.0.0', 1), "no quotes", 5),
        (GOOD.replace('"1.0.0"', "True", 1), "True is not JSON", 5),
        (GOOD.replace('"1.0.0"', "None", 1), "None is not JSON", 5),
        (GOOD.replace('"1.0.0"', "", 1), "a key has no value", 5),
        (GOOD.replace("Tells the weather.", "Tells\nthe weather.", 1), "a line break", 4),
        (GOOD.replace("Tells the weather.", r"C:\weather\d", 1), "a backslash", 4),
        (GOOD.replace('weather.",', "weather.,", 1), "stands inside a string", None),
        (GOOD[:-1], "the file ends before the { of line 1 is closed", None),
        (GOOD + "}", "a } too many", None),
        (GOOD + GOOD, "a second document", None),
        (GOOD.replace('"version"', "“version”", 1), "a typographic quotation mark", 5),
        (GOOD.replace('"version"', "`version`", 1), "single quotes", 5),
        ("name: io.github.alice/weather\nversion: 1.0.0\n", "YAML", 1),
        ('name = "weather"\nversion = "1.0.0"\n', "TOML", 1),
        ("<!doctype html><title>404</title>", "a web page", 1),
        (f"```json\n{GOOD}\n```", "Markdown", 1),
        (f"<<<<<<< HEAD\n{GOOD}\n=======\n{GOOD}\n>>>>>>> other\n", "a merge conflict", 1),
        ("\n \n", "the file is empty", 1),
        ("", "the file is empty", 1),
    ],
)
def test_json_that_is_nearly_json(text: str, fact: str, line: int | None) -> None:
    path = "servers/com.example/weather/1.0.0.json"
    (finding,) = check_document(text.encode(), path)
    assert finding.rule == "json-syntax"
    assert fact in finding.message
    assert finding.help
    assert line is None or finding.line == line


@pytest.mark.parametrize(
    ("data", "rule", "help"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), "byte-order-mark", "BOM"),
        (GOOD.encode("utf-16"), "not-utf-8", "save the file as UTF-8"),
        (GOOD.replace("Tells", "Teïls").encode("latin-1"), "not-utf-8", "Latin-1"),
        (f"[{GOOD},{GOOD}]".encode(), "not-an-object", "each object into a file of its own"),
        (json.dumps(GOOD).encode(), "not-an-object", "encoded twice"),
        (b"12", "not-an-object", "begins with {"),
        (b"null", "not-an-object", "begins with {"),
    ],
)
def test_text_that_is_no_document(data: bytes, rule: str, help: str) -> None:
    ((_, found, _, text),) = told(data)
    assert found == rule
    assert help in text


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"server": entry(), "_meta": {}}, "an answer of the API"),
        ({"servers": [{"server": entry()}], "metadata": {"count": 1}}, "a list of 1 servers"),
        ({"mcpServers": {"weather": {"command": "npx"}}}, "the settings of a client"),
        ({"servers": {"weather": {"type": "http", "url": "https://x.example"}}}, "settings of a client"),
        ({"name": "weather", "version": "1.0.0", "dependencies": {}}, "a package.json"),
        ({"manifest_version": "0.2", "name": "weather", "version": "1"}, "manifest of an MCP bundle"),
        ({"data": entry()}, "an object around the entry"),
        ({"$defs": {}, "properties": {}, "type": "object"}, "a JSON Schema"),
    ],
)  # fmt: skip
def test_another_document_is_one_finding(content: dict[str, Any], what: str) -> None:
    ((severity, rule, _, text),) = told(json.dumps(content).encode())
    assert (severity, rule) == ("error", "not-a-server-json")
    assert what in text
