"""Why nothing is built."""

from __future__ import annotations

from builder.model.errors import FindingsError
from builder.model.finding import Finding


class EntriesError(FindingsError):
    """Entries are wrong, or a named host would refuse the site: nothing was built."""

    def __init__(self, findings: tuple[Finding, ...], why: str = "entries are wrong") -> None:
        super().__init__(f"nothing was built: {why}")
        self.findings = findings
