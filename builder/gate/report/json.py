"""The report for programs. Its schema is schema/report.schema.json, made from these models.

`version` changes when a program that reads version 1 could misread it; a new key does not.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from builder.gate.report.report import Report
from builder.model.finding import Finding, Severity
from builder.model.verdict import Verdict


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class JsonFinding(_Model):
    """One problem in one file."""

    rule: str = Field(description="The rule's code.")
    severity: Severity = Field(
        description="error (wrong), review (a person must look), warning (worth knowing) or note."
    )
    path: str = Field(description="The file, relative to the repository's root.")
    line: Annotated[int, Field(ge=1)] | None = Field(description="Counted from 1.")
    column: Annotated[int, Field(ge=1)] | None = Field(description="In characters, from 1.")
    pointer: str = Field(description="JSON Pointer (RFC 6901) to the value; empty for the file.")
    message: str = Field(description="The fact, with value and limit.")
    help: str = Field(description="How to fix it.")
    url: str = Field(description="Where the rule is described; empty if that is not known.")


class JsonNamespace(_Model):
    """The verdict on what a change does to one namespace."""

    namespace: str = Field(description="The namespace.")
    verdict: Verdict = Field(description="accept, review (a person must look) or reject.")
    reason: str = Field(description="Why, in a sentence.")
    new: bool = Field(
        description="Whether the base branch has no owner of it, or nothing that one published."
    )
    waits: str = Field(
        "", description="Why a merge waits for objections, in words that follow the namespace."
    )


class JsonMirrored(_Model):
    """How often a rule warns of mirrored entries, where they are not listed one by one."""

    rule: str = Field(description="The rule's code.")
    count: int = Field(description="How many warnings there are.")
    files: int = Field(description="In how many files.")
    examples: tuple[str, ...] = Field(description="The first three of the files.")


class JsonReport(_Model):
    """What `mcp-registry check --format json` prints."""

    version: Literal[1] = Field(1, description="The version of this format.")
    verdict: Verdict = Field(description="accept, review (a person must look) or reject.")
    reason: str = Field("", description="Why, in a sentence, where a change was judged.")
    base: str = Field("", description="The commit that a judged change is merged into.")
    head: str = Field("", description="The commit that was judged; the verdict is on no other.")
    checked: str = Field("", description="What was looked at, in words.")
    findings: tuple[JsonFinding, ...] = Field(description="Every problem, in the order of files.")
    namespaces: tuple[JsonNamespace, ...] = Field(
        (), description="The verdict on each namespace of a change that was judged."
    )
    not_checked: tuple[str, ...] = Field(
        (), description="What could not be asked, and the option that asks it."
    )
    mirrored: tuple[JsonMirrored, ...] = Field(
        (),
        description="Warnings about mirrored entries, counted; with --mirrored they are findings.",
    )


def render(report: Report) -> str:
    """Write the report as JSON."""
    model = JsonReport(
        verdict=report.verdict,
        reason=_whole(report.reason),
        base=report.base,
        head=report.head,
        checked=report.checked,
        findings=tuple(_finding(finding, report.url(finding)) for finding in report.findings),
        namespaces=tuple(
            JsonNamespace(
                namespace=_whole(namespace.namespace),
                verdict=namespace.verdict,
                reason=_whole(namespace.reason),
                new=namespace.new,
                waits=_whole(namespace.waits),
            )
            for namespace in report.namespaces
        ),
        not_checked=tuple(map(_whole, report.not_checked)),
        mirrored=tuple(JsonMirrored(**asdict(group)) for group in report.mirrored),
    )
    return orjson.dumps(model.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode() + "\n"


def read(text: str | bytes) -> JsonReport:
    """Read what `render` wrote; pydantic's ValidationError if it is no such report."""
    return JsonReport.model_validate_json(text)


def _finding(finding: Finding, url: str) -> JsonFinding:
    return JsonFinding(
        rule=finding.rule,
        severity=finding.severity,
        path=_whole(finding.path),
        line=finding.line,
        column=finding.column,
        pointer=_whole(finding.pointer),
        message=_whole(finding.message),
        help=_whole(finding.help),
        url=url,
    )


def _whole(text: str) -> str:
    # Half a surrogate pair (a path that is not UTF-8) has no form in JSON.
    return text.encode("utf-8", "backslashreplace").decode()
