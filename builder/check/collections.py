"""Whether the servers that collections name are here."""

from __future__ import annotations

from collections.abc import Container, Iterator

from builder.model import strict_yaml
from builder.model.finding import Finding, Severity
from builder.model.sidecars import SidecarError, read_collection

RULE = "collection-unknown-server"
SUMMARY = "A collection names servers that are here."
EXPLANATION = (
    "A name that no entry has is left out wherever the collection is shown, until it is published. Most "
    "likely it is a typing mistake."
)


def findings(path: str, data: bytes, names: Container[str]) -> Iterator[Finding]:
    """Yield a warning for each server of a collection that has no entry; `names` are those that have."""
    try:
        collection = read_collection(data)
    except SidecarError:
        return  # told by another rule
    locate = strict_yaml.locator(data)
    for number, name in enumerate(collection.servers):
        if name not in names:
            line, column = locate(("servers", number)) or (None, None)
            yield Finding(
                rule=RULE,
                severity=Severity.WARNING,
                path=path,
                message=f"there is no server {name}",
                help="names are case-sensitive: io.github.alice/weather",
                pointer=f"/servers/{number}",
                line=line,
                column=column,
            )
