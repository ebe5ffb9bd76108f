"""Reports: what is in them comes out whole, and nothing in them comes alive."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder.gate.report import github, json, markdown, text
from builder.gate.report.formats import FORMATS
from builder.gate.report.report import Report, verdict
from builder.model.finding import Finding, Severity
from builder.runtime import resources

BASE = "https://registry.example.com"
NASTY = st.text() | st.sampled_from(
    [
        "a\nb\r::error::c",
        "50% :, done",
        "| ` `` <b>x</b> [l](javascript:1) @alice #1",
        "\u202ereversed\u2066",
        "\x1b[31mred\x1b]8;;https://evil.example\x07",
        "\udcff.json",
    ]
)
findings = st.builds(
    Finding,
    rule=st.sampled_from(["schema-type", "path-mismatch", "not-the-owner"]),
    severity=st.sampled_from(Severity),
    path=NASTY.filter(bool),
    message=NASTY,
    help=NASTY,
    pointer=NASTY,
    line=st.none() | st.integers(1, 9999),
    column=st.none() | st.integers(1, 9999),
)


def reports(least: int = 0) -> st.SearchStrategy[Report]:
    return st.lists(findings, min_size=least, max_size=5).map(
        lambda found: Report(
            findings=tuple(sorted(found, key=lambda one: one.sort_key)),
            verdict=verdict(found),
            checked="1 file",
            base_url=BASE,
        )
    )


@given(reports())
def test_json_is_read_back_whole(report: Report) -> None:
    printed = json.render(report)
    read = json.read(printed)
    assert read.verdict == report.verdict
    assert len(read.findings) == len(report.findings)
    for one, finding in zip(read.findings, report.findings, strict=True):
        assert (one.rule, one.severity, one.line) == (finding.rule, finding.severity, finding.line)
        if finding.message.isascii():
            assert one.message == finding.message
        assert one.url == f"{BASE}/docs/rules/{finding.rule}/"


@given(reports())
def test_json_follows_its_schema(report: Report) -> None:
    schema = orjson.loads((resources.folder("schema") / "report.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(orjson.loads(json.render(report)))


@given(reports())
def test_github_gives_one_command_a_finding(report: Report) -> None:
    lines = github.render(report).split("\n")
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == len(report.findings) == len(lines) - 2
    form = re.compile(
        r"::(error|warning|notice) file=[^,:\r\n]*(,line=\d+)?(,col=\d+)?,title=[^,:\r\n]*::[^\r\n]*"
    )
    assert all(form.fullmatch(command) for command in commands)
    severe = ["error", "warning", "notice"]
    ranks = [severe.index(command[2:].partition(" ")[0]) for command in commands]
    assert ranks == sorted(ranks), "GitHub shows ten: the errors must be among them"


@given(reports(least=1))
def test_github_escapes_are_undone_to_what_was_said(report: Report) -> None:
    finding = report.worst_first[0]
    if re.search(r"[^ -~\xa1-\xff]", finding.message) or not finding.message:
        return
    line = github.render(report).split("\n")[0]
    data = line.split("::", 2)[2]
    shown = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert shown.split("\n")[0] == finding.message


@given(reports())
def test_markdown_renders_no_markup_of_a_finding(report: Report) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown.render(report))
    inline = [child for token in tokens for child in token.children or ()]
    html = {child.content for child in inline if child.type == "html_inline"}
    links = {child.attrGet("href") for child in inline if child.type == "link_open"}
    assert html <= {"<br>"}
    assert all(str(link).startswith(f"{BASE}/docs/rules/") for link in links)
    assert not any(token.type == "html_block" for token in tokens)
    assert not any(child.type == "image" for child in inline)


@given(st.sampled_from(["text", "github", "markdown"]), reports())
def test_nothing_reaches_the_terminal_alive(name: str, report: Report) -> None:
    printed = FORMATS[name](report)
    printed.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", printed)


def test_text_reads_as_editors_expect() -> None:
    finding = Finding(
        rule="schema-length",
        severity=Severity.ERROR,
        path="servers/com.example/weather/1.0.0.json",
        message="143 characters, at most 100 are allowed",
        help="shorten it",
        pointer="/description",
        line=7,
        column=18,
    )
    report = Report(
        findings=(finding,), verdict=verdict([finding]), checked="1 file", base_url=BASE
    )
    assert text.render(report) == (
        "servers/com.example/weather/1.0.0.json:7:18: error[schema-length]: "
        "143 characters, at most 100 are allowed\n"
        "  at /description\n"
        "  help: shorten it\n"
        f"  docs: {BASE}/docs/rules/schema-length/\n"
        "1 file: 1 error\n"
    )


@given(reports())
def test_a_terminal_shows_the_same_text_in_colours(report: Report) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORCE_COLOR", "1")
        patch.setenv("COLUMNS", "20")
        shown = io.StringIO()
        with redirect_stdout(shown):
            text.show(report)
    assert re.sub("\x1b\\[[0-9;]*m", "", shown.getvalue()) == text.render(report)


def test_line_100_is_shown_as_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding(rule="x", severity=Severity.ERROR, path="a.json", line=100, column=7, message=":bomb:")  # fmt: skip
    text.show(Report(findings=(finding,), verdict=verdict([finding])))
    assert "a.json:100:7: error[x]: :bomb:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ([], "accept"),
        ([Severity.WARNING], "accept"),
        ([Severity.WARNING, Severity.REVIEW], "review"),
        ([Severity.ERROR, Severity.REVIEW], "reject"),
    ],
)
def test_the_worst_finding_decides(severities: list[Severity], expected: str) -> None:
    found = [Finding(rule="x", severity=severity, path="p", message="m") for severity in severities]
    assert verdict(found) == expected


def test_no_pipe_of_a_span_ends_a_cell_of_a_table_whatever_stands_before_it() -> None:
    for said in ("a|b", "a\\|b", "a\\\\|b", "|", "\\|"):
        shown = markdown.span(said)
        assert not re.search(r"(?<!\\)(?:\\{2})*\|", shown), shown
