"""Allow-lists and catalogues that clients read, made of what this registry approves."""

from __future__ import annotations

from builder.exports.formats import FORMATS, ExportFile, ExportFormat
from builder.exports.scope import ExportScope, LeftOut, SelectedServer, scopes

__all__ = [
    "FORMATS",
    "ExportFile",
    "ExportFormat",
    "ExportScope",
    "LeftOut",
    "SelectedServer",
    "scopes",
]
