"""The codes of what proofs of packages find (builder/package_proof), for whoever tells of them without asking."""

from __future__ import annotations

from collections.abc import Mapping

from builder.model.finding import Severity

CODES: Mapping[str, tuple[Severity, str]] = {
    "package-not-found": (Severity.ERROR, "The package version exists and can be read by anyone."),
    "package-not-owned": (Severity.ERROR, "The published package names the server it belongs to."),
    "package-unverified": (Severity.REVIEW, "The package registry answers when it is asked."),
}
"""Rule code -> how much it weighs, and what must hold."""
