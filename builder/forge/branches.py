"""Names of branches for what is proposed: readable, and never those of something else."""

from __future__ import annotations

import hashlib
import re

_SLUG = re.compile(r"[^A-Za-z0-9]+")


def named_after(folder: str, subject: str) -> str:
    """Return the name of the branch in a folder of branches for what a request is about."""
    digest = hashlib.sha256(subject.encode()).hexdigest()[:8]
    return f"{folder}/{_SLUG.sub('-', subject)[:80].strip('-')}-{digest}"
