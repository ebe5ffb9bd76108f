"""status.yaml as text: a line for each version, in flow style."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from builder.model.sidecars import VersionStatus


def write(lines: Mapping[str, VersionStatus]) -> bytes:
    """Return a status.yaml of these versions, in the order given."""
    return "".join(
        f"{json.dumps(version, ensure_ascii=False)}: {{{', '.join(_fields(stated))}}}\n"
        for version, stated in lines.items()
    ).encode()


def _fields(stated: VersionStatus) -> Iterator[str]:
    yield f"status: {stated.status.value}"
    if stated.message:
        yield f"message: {json.dumps(stated.message, ensure_ascii=False)}"
    if stated.by != "publisher":
        yield f"by: {stated.by}"
    if stated.renamed_to:
        yield f"renamed-to: {stated.renamed_to}"
    if stated.renamed_from:
        yield f"renamed-from: [{', '.join(stated.renamed_from)}]"
