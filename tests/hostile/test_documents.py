"""Attacks inside an entry: the whole gate, rules and verdict, as `check --base --head` runs it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.check import engine
from builder.model.finding import Severity
from builder.model.verdict import Verdict
from builder.ownership.decisions import Judgement
from builder.ownership.proposer import Claim
from tests.changes import check_change
from tests.ownership.events import account, claim
from tests.ownership.world import ALICES, World, owned_by
from tests.registry import Content, entry

PATH = "servers/io.github.alice/weather/1.1.0.json"


def gate(
    world: World, files: dict[str, Content], who: Claim = ALICES
) -> tuple[Judgement, set[str]]:
    """Propose files, ask the rules, judge; give the judgement and the codes of all findings."""
    head = world.propose(files)
    findings = check_change(world.registry.repository, "main", head)
    judgement = world.judge(head, who, findings=tuple(findings))
    return judgement, {one.rule for one in (*findings, *judgement.findings)}


def whole(**fields: Any) -> dict[str, Any]:
    return entry("io.github.alice/weather", "1.1.0", **fields)


def text(**fields: Any) -> str:
    return json.dumps(whole(**fields))


def test_an_honest_entry_passes_the_whole_gate(world: World) -> None:
    judgement, rules = gate(world, {PATH: whole()})
    assert judgement.verdict is Verdict.ACCEPT, rules


DEEP = '{"a":' * 40 + "1" + "}" * 40
UNREADABLE = {
    "deep nesting": text(_meta={})[:-1] + ', "x": ' + DEEP + "}",
    "very deep nesting": '{"a":' * 200_000,
    "very deep list": "[" * 1_000_000,
    "key given twice": text().replace("{", '{"name": "io.github.bob/x", ', 1),
    "key given twice by an escape": text().replace("{", r'{"n\u0061me": "io.github.bob/x", ', 1),
    "inner key given twice": text(repository={})[:-3] + '{"url": "a", "url": "b"}}',
    "NaN": text()[:-1] + ', "x": NaN}',
    "Infinity": text()[:-1] + ', "x": -Infinity}',
    "lone surrogate": text()[:-1] + r', "title": "\ud800"}',
    "byte order mark": "\ufeff" + text(),
    "two documents": text() + text(),
    "comment": "// hello\n" + text(),
    "nothing": "",
    "null": "null",
    "list": f"[{text()}]",
    "NUL": text() + "\0",
    "UTF-16": text().encode("utf-16"),
    "not UTF-8": text().encode().replace(b"weather.", b"\xff\xfe"),
    "overlong UTF-8": text().encode().replace(b"weather.", b"\xc0\xaf"),
    "64 KiB and a byte": text().ljust(64 * 1024 + 1),
    "50 MB": text().ljust(50_000_000),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_document_that_readers_would_read_differently(world: World, content: str | bytes) -> None:
    judgement, _ = gate(world, {PATH: content})
    assert judgement.verdict is Verdict.REJECT
    assert judgement.namespaces[0].verdict is Verdict.REJECT


def test_a_document_with_another_name_than_its_path(world: World) -> None:
    judgement, rules = gate(world, {PATH: {**whole(), "name": "io.github.bob/weather"}})
    assert judgement.verdict is Verdict.REJECT
    assert "path-mismatch" in rules


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Weather\u202egpj.exe"},
        {"title": "Wea\u200bther"},
        {"title": "Wеather"},
        {"title": "Weather\u2066"},
        {"description": "Safe\u202eelif suoicilam"},
        {"websiteUrl": "javascript:alert(1)"},
        {"websiteUrl": 'https://example.com/"><script>alert(1)</script>'},
        {"websiteUrl": "data:text/html,<script>alert(1)</script>"},
        {"icons": [{"src": "javascript:alert(1)"}]},
        {"icons": [{"src": "data:image/svg+xml,<svg onload=alert(1)>"}]},
        {"repository": {"url": "javascript:alert(1)", "source": "github"}},
        {"repository": {"url": "https://github.com/a/b", "source": "github", "subfolder": "../.."}},
        {"remotes": [{"type": "streamable-http", "url": "javascript:alert(1)"}]},
        {"remotes": [{"type": "sse", "url": "http://169.254.169.254/latest"}]},
        {"version": "1.1.0\n"},
        {"version": "latest"},
    ],
    ids=ascii,
)
def test_a_field_that_is_not_what_it_seems(world: World, fields: dict[str, Any]) -> None:
    judgement, rules = gate(
        world, {PATH: whole(**fields) if "version" not in fields else {**whole(), **fields}}
    )
    assert judgement.verdict is not Verdict.ACCEPT, rules


@pytest.mark.parametrize(
    "name", ["io.github.alіce", "io.github.ali\u0441e", "io.github.ａlice"], ids=ascii
)
def test_a_homoglyph_of_a_namespace(world: World, name: str) -> None:
    lookalike = account(name.removeprefix("io.github."), 4242)
    files = {
        f"servers/{name}/weather/1.0.0.json": entry(f"{name}/weather"),
        **owned_by(lookalike, name),
    }
    judgement, rules = gate(world, files, claim(lookalike, lookalike))
    assert judgement.verdict is Verdict.REJECT
    assert {"invalid-server-name", "invalid-namespace"} <= rules


@pytest.mark.parametrize("login", ["al1ce", "alicee", "a1ice", "aIice"])
def test_an_account_that_looks_like_an_owner_is_shown_to_a_person(world: World, login: str) -> None:
    lookalike = account(login, 4242)
    name = f"io.github.{login}"
    files = {f"servers/{name}/weather/1.0.0.json": entry(f"{name}/weather"), **owned_by(lookalike)}
    judgement, rules = gate(world, files, claim(lookalike, lookalike))
    assert judgement.verdict is not Verdict.ACCEPT, rules


def test_everything_at_once_is_reported_at_once(world: World) -> None:
    stranger = claim(account("bob", 5), account("bob", 5))
    files: dict[str, Content] = {
        PATH: {**whole(), "version": "latest", "websiteUrl": "http://x"},
        "servers/io.github.alice/weather/1.0.0.json": None,
        "servers/io.github.alice/namespace.yaml": "owners: [",
        "Makefile": "all:\n\tevil\n",
    }
    judgement, rules = gate(world, files, stranger)
    assert judgement.verdict is Verdict.REJECT
    assert {"version-removed", "not-the-owner", "path-mismatch", "outside-servers"} <= rules


junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(whole(title="", remotes=[]))), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = ("$schema", "name", "version", "title", "description", "websiteUrl", "icons")
ALMOST = st.dictionaries(
    st.sampled_from((*FIELDS, "repository", "packages", "remotes", "_meta")), junk, max_size=4
).map(lambda changed: json.dumps({**whole(), **changed}).encode())


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | ALMOST)
def test_any_bytes_give_findings_and_never_a_traceback(data: bytes) -> None:
    findings = engine.check_document(data, PATH)
    assert findings == engine.check_document(data, PATH)
    if not data.startswith(b"{"):
        assert any(one.severity is Severity.ERROR for one in findings)


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=200), at=st.integers(0, 400), cut=st.integers(0, 30))
def test_any_damage_to_an_entry_is_read_or_refused(data: bytes, at: int, cut: int) -> None:
    honest = text().encode()
    damaged = honest[:at] + data + honest[at + cut :]
    for one in engine.check_document(damaged, PATH):
        assert one.path == PATH
        assert one.line is None or one.line >= 1
