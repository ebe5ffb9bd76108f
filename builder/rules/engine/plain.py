"""What is plain in nearly every entry, so that many rules have nothing to say of it: names, versions, places, schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from builder.model import page_paths
from builder.model.layout import Kind, Place
from builder.model.server_json import Document
from builder.model.server_name import is_name
from builder.rules.engine.fields import string
from builder.rules.engine.json_schema import CURRENT, DATES
from builder.rules.engine.parts import EntryPart
from builder.rules.engine.rule import SCHEMA_URL

DEVICE = re.compile(r"(?:^|/)(con|prn|aux|nul|(?:com|lpt)[0-9])(?:\.[^/]*)?(?:/|$)", re.IGNORECASE)
"""A part of a path that Windows takes for a device, whatever follows its first full stop (its
documentation: "Naming Files, Paths, and Namespaces")."""
_SCHEMAS = frozenset(SCHEMA_URL.replace(CURRENT, date) for date in DATES)
_VERSION = re.compile(r"(?:[0-9]{1,8}\.){2}[0-9]{1,8}")


@lru_cache(maxsize=64)  # those of one server come one after another
def _is_plain_name(name: str) -> bool:
    """Return whether a name is a valid one, in ASCII by nature, of no device, with pages of its own."""
    return (
        is_name(name)
        and "xn--" not in name.lower()
        and not DEVICE.search(name)
        and not page_paths.refusal(name, "1")
    )


def odd(document: Document, versions: Iterable[str], where: Place) -> int:
    """Return what is not plain of a document at a place, as a sum of `EntryPart`s.

    `versions` are those of its packages, "" for none.
    """
    name, own = string(document, "name"), string(document, "version")
    found = 0
    if not _is_plain_name(name):
        found = EntryPart.ODD_NAME.value
    if not _VERSION.fullmatch(own) or not all(
        _VERSION.fullmatch(other) for other in versions if other not in ("", own)
    ):
        found |= EntryPart.ODD_VERSION.value
    if own != where.version or name != where.name or where.kind is not Kind.ENTRY:
        found |= EntryPart.ODD_PLACE.value
    if (schema := string(document, "$schema")) != SCHEMA_URL:
        found |= EntryPart.OLD_SCHEMA.value
        if schema not in _SCHEMAS:
            found |= EntryPart.ODD_SCHEMA.value
    return found
