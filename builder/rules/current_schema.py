"""What a client with the current schema cannot read: one entry of it refuses a whole list.

Clients read lists by the schema of today, whatever `$schema` a document declares. What they all
know is that the official registry writes an empty `repository` where a document has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from builder.rules.engine import json_schema


def fault(document: Mapping[str, Any]) -> str:
    """Return where and how a document breaks the current schema, "" if it does not."""
    if document.get("repository") == {}:
        document = {key: value for key, value in document.items() if key != "repository"}
    first = next(json_schema.validator(json_schema.CURRENT).violations(document), None)
    if first is None:
        return ""
    return f"{'.'.join(map(str, first.steps)) or 'the document'}: {first.message}"


def breaks(document: bytes) -> bool:
    """Return whether a document (a JSON object) breaks the current schema."""
    return bool(fault(orjson.loads(document)))
