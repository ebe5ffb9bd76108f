"""The verdict on a change: accept, review or reject, for each namespace and with the reason."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """What becomes of a change; ordered from best to worst by `rank`."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"

    @property
    def rank(self) -> int:
        """0 for accept, 1 for review, 2 for reject."""
        return list(Verdict).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceVerdict:
    """The verdict on what a change does to one namespace, and the reason, in one sentence.

    `new` is whether the namespace has no owner on the base branch, or nothing published by one.
    `waits` says why others should have time to object before the change is merged (the words
    follow the namespace's name), "" where there is no need.
    """

    namespace: str
    verdict: Verdict
    reason: str
    new: bool
    waits: str = ""
