"""Findings as people and programs read them: one module for each format, one table of them.

Every format is a function of a `Report` to text. Whatever a publisher wrote is escaped as the
format asks, and control characters never reach a terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from builder.gate.report import github, json, markdown, sarif, text
from builder.gate.report.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
    "sarif": sarif.render,
    "markdown": markdown.render,
}
