"""What the official registry accepts as the name of a server, and as the namespace in it."""

from __future__ import annotations

import re

_NAMESPACE = r"[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]"
_SERVER = r"[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]"
_NAME = re.compile(f"{_NAMESPACE}/{_SERVER}")


def is_namespace(text: str) -> bool:
    """Return whether a text can be the part of a server's name before the slash (R5)."""
    return re.fullmatch(_NAMESPACE, text) is not None


def is_name(name: str) -> bool:
    """Return whether the official registry accepts a text as a server's name (R5)."""
    return _NAME.fullmatch(name) is not None
