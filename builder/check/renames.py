"""Whether both names of a rename say it: what only one of them says counts for nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from builder.model.finding import Finding, Severity
from builder.model.layout import STATUS_FILE, server_path

Row = tuple[str, tuple[str, ...]]
"""What a server says: the name that it has now ("": its own), and those that it had."""
RULE = "rename-of-one-side"
SUMMARY = "Both names of a rename say it."
EXPLANATION = (
    "`renamed-to` in the `status.yaml` of the old name and `renamed-from` in that of the new one lead from one to the "
    "other together: so nobody takes over a name, or sends readers away, that is somebody else's. It is a "
    "warning, as one of the two comes first where each has its own owner."
)


def findings(rows: Mapping[str, Row], names: Container[str]) -> Iterator[Finding]:
    """Yield a warning for each rename that one name alone says; `names` are those of servers here."""
    for name, (to, origins) in sorted(rows.items()):
        if to and name not in rows.get(to, ("", ()))[1]:
            yield _finding(name, f"it is renamed to {to}", f"renamed-from: [{name}]", to, names)
        for origin in origins:
            if rows.get(origin, ("", ()))[0] != name:
                claim = f"it was {origin} before"
                yield _finding(name, claim, f"renamed-to: {name}", origin, names)


def _finding(name: str, claim: str, line: str, other: str, names: Container[str]) -> Finding:
    missing = f"{other} does not say so" if other in names else f"there is no server {other}"
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=server_path(name, STATUS_FILE),
        message=f"{name} says that {claim}, and {missing}: it leads nowhere",
        help=f'below "*" in {server_path(other, STATUS_FILE)}: {line}',
        line=1,
        column=1,
    )
