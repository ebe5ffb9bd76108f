"""What a commit says, read from its bytes as git stores them.

They may be anybody's: a header stands twice, or where git does not look for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from builder.git.records import readable_time


def tree(data: bytes) -> str:
    """Return the id of a commit's tree."""
    return _head(data)[0].removeprefix("tree ")


def parents(data: bytes) -> list[str]:
    """Return the ids of a commit's parents, which follow its tree."""
    lines = takewhile(lambda line: line.startswith("parent "), _head(data)[1:])
    return [line[7:] for line in lines]


def time(data: bytes) -> int:
    """Return a commit's committer time, in seconds since 1970; 0 if it has none."""
    line = next((header for header in _head(data) if header.startswith("committer ")), "")
    return readable_time(line.rpartition(" ")[0].rpartition(" ")[2])


def _head(data: bytes) -> Sequence[str]:
    return data.partition(b"\n\n")[0].decode("utf-8", "replace").split("\n")
