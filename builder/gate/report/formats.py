"""The formats of a report by their names, for who lets the user choose.

A module of its own: SARIF describes every rule, and a step that writes a comment need not load
them.
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
