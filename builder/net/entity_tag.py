"""Entity tags: what a server gave with an answer, to be asked with later."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,1000}"')


def entity_tag(headers: Mapping[str, str]) -> str:
    """Return the entity tag of an answer (RFC 9110, section 8.8.3).

    It is "" where there is none, or one that must not be kept and sent back: a server could make
    every later request fail with it.
    """
    tag = headers.get("ETag", "")
    return tag if _TAG.fullmatch(tag) else ""
