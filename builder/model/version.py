"""The order of versions, as in the official registry's code (contract, sections 6.1 and 6.2).

Two semantic versions compare by precedence, a leading lower-case `v` and build metadata ignored.
Two others compare by the time they were published. A semantic version beats any other.
https://github.com/modelcontextprotocol/registry, `internal/validators` and `internal/service`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBER = r"(?:0|[1-9][0-9]*)"
_LABEL = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_LABEL}(?:\.{_LABEL})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)

SemverKey = tuple[tuple[tuple[int, str], ...], bool, tuple[tuple[int, tuple[int, str], str], ...]]
"""Compares as semantic versions do. A number is (count of digits, digits), so that one of any size
compares without the limit that Python puts on converting long strings of digits."""


@lru_cache(maxsize=65536)
def semver_key(version: str) -> SemverKey | None:
    """Return the precedence key of a semantic version, None if `version` is not one."""
    match = _SEMVER.fullmatch(version)
    if match is None:
        return None
    major, minor, patch, labels = match.groups()
    core = (_number(major), _number(minor), _number(patch))
    parts = tuple(_label(part) for part in labels.split(".")) if labels else ()
    return core, labels is None, parts


def compare(left: str, right: str, published_left: int, published_right: int) -> int:
    """Return a negative number, zero or a positive one, as `left` comes before, with or after `right`.

    Both are versions of one server. The published times, in any one unit, decide if neither is
    semantic.
    """
    left_key, right_key = semver_key(left), semver_key(right)
    if left_key is not None and right_key is not None:
        return (left_key > right_key) - (left_key < right_key)
    if left_key is None and right_key is None:
        return (published_left > published_right) - (published_left < published_right)
    return 1 if left_key is not None else -1


def _number(digits: str) -> tuple[int, str]:
    return len(digits), digits


def _label(part: str) -> tuple[int, tuple[int, str], str]:
    # Numeric labels sort below the others (semver.org, item 11.4.3).
    return (0, _number(part), "") if part.isdigit() else (1, (0, ""), part)
