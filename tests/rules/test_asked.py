"""What is left out to be fast changes no answer: rules not asked, slow validators, searches for keys."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from builder import rules
from builder.check.askable import Askable
from builder.model.layout import place
from builder.rules import secrets
from builder.rules.engine import json_schema
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import SCHEMA_URL, document
from builder.rules.engine.schema_violation import explain
from builder.rules.engine.subject import Entry
from tests.rules.test_fuzz import PATH, documents

ASKABLE = Askable(rules.ENTRY_RULES)
ESCAPED = b'{"p\\u0061ckages": [{"identifier": "a b"}]}'


def read(data: bytes) -> Entry:
    return Entry(PATH, place(PATH), data)


def finding_nothing(entry: Entry) -> set[str]:
    """The rules that are not asked; they would find nothing."""
    left_out = [rule for rule in rules.ENTRY_RULES if rule not in ASKABLE.about(entry)]
    assert [rule.code for rule in left_out if list(rule.check(entry))] == []
    return {rule.code for rule in left_out}


@given(documents(), st.booleans())
def test_a_rule_that_is_not_asked_finds_nothing(content: dict[str, Any], ascii: bool) -> None:
    entry = read(json.dumps(content, ensure_ascii=ascii).encode("utf-8", "surrogatepass"))
    if not entry.error:
        finding_nothing(entry)


NAMES = (*(f"{part}.example/weather" for part in ("com", "COM", "xn--a", "aux", "com1.x", "ind-index")), "", "a/b",
    "com.example/nul", "com.example/index.html", "com.example/NUL.x", "com.example/w" + "e" * 250, 7)  # fmt: skip
VERSIONS = ("1.0.0", "01.2.3", "1.0", "v1.0.0", "latest", "1.x", "1.0.0-linux", "1.0.0\n", " ", "", "..", "aux", "com1.0",
    "Latest", "index.html", "1" * 260, "1.0.0-rc.1", "next", None)  # fmt: skip
SCHEMAS: tuple[Any, ...] = (None, "", 7, [], {}, "x", *(f"https://x.example/schemas/{date}/server.schema.json" for date in ("2025-10-17", "1")),
    *(SCHEMA_URL.replace(json_schema.CURRENT, date) for date in (*json_schema.DATES, "2025-01-27")))  # fmt: skip
PLACES = (
    PATH,
    "servers/com.example/weather/latest.json",
    "servers/com.example/nul/%2E%2E.json",
    "weather.json",
)


@given(
    *(st.sampled_from(values) for values in (NAMES, VERSIONS, VERSIONS, SCHEMAS, PLACES)),
    st.sampled_from(["npm", "oci", "pypi"]),
)
def test_of_what_is_plain_no_rule_that_is_not_asked_finds_anything(
    name: Any, version: Any, packaged: Any, schema: Any, path: str, kind: str
) -> None:
    package = {"registryType": kind, "identifier": "weather", "version": packaged}
    content = document(name=name, version=version, packages=[package], **{"$schema": schema})
    finding_nothing(Entry(path, place(path), json.dumps(content).encode()))
    finding_nothing(Entry(path, place(path), json.dumps(content).encode() + b" " * 65_536, True))


def test_rules_are_asked_of_their_own_examples_and_of_few_others() -> None:
    for rule in rules.ENTRY_RULES:
        for file in rule.failing.files if rule.failing.base is None else ():
            entry = Entry(file.path, place(file.path), file.data)
            assert entry.error or rule.code not in finding_nothing(entry)
    assert len(finding_nothing(read(json.dumps(document()).encode()))) > 55
    assert "package-name-has-spaces" not in finding_nothing(read(ESCAPED))
    assert {rule.about for rule in rules.ENTRY_RULES} > {
        EntryPart(0),
        EntryPart.PACKAGES,
        EntryPart.LETTERS,
    }


@st.composite
def incomplete(draw: st.DrawFn) -> dict[str, Any]:
    """A document without some of its keys."""
    content = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        node: Any = content
        while isinstance(node, (dict, list)) and node:
            steps = list(node) if isinstance(node, dict) else range(len(node))
            step = draw(st.sampled_from(list(steps)))
            if isinstance(node, dict) and draw(st.booleans()):
                del node[step]
                break
            node = node[step]
    return content


@given(incomplete(), st.sampled_from(json_schema.DATES))
def test_missing_keys_are_told_as_the_slow_validator_tells_them(
    content: dict[str, Any], date: str
) -> None:
    validator = json_schema.validator(date)
    try:
        missing = validator._missing(content)
    except ValueError:  # no JSON: a half of a character, or a number beyond all bounds
        return
    assert not missing or missing == list(explain(validator._slow, content))


def test_missing_keys_need_no_slow_validator() -> None:
    validator = json_schema.validator(json_schema.CURRENT)
    for content, steps in (
        (document(repository={}), [("repository",)]),
        (document("version", "name"), [("name",), ("version",)]),
        (
            document(icons=[{}, {"src": "https://example.com/a.png"}, {}]),
            [("icons", 0), ("icons", 2)],
        ),
        (document("name", repository={}), []),
        (document("name", title=1), []),
    ):
        found = validator._missing(content)
        assert sorted(violation.steps for violation in found) == steps
        assert found == list(explain(validator._slow, content)) or not steps


@given(st.text(), st.from_regex(secrets._KEYS), st.text())
def test_no_key_is_missed(before: str, key: str, after: str) -> None:
    text = f"{before}{key}{after}"
    assert secrets.may_hold_keys(text.encode("utf-8", "surrogatepass"))


@given(st.text(alphabet="sk-_live:/@ghp_ab01{}. \n"))
def test_what_may_hold_keys_is_what_holds_some(text: str) -> None:
    assert secrets.may_hold_keys(text.encode()) == bool(secrets._KEYS.search(text))
