"""The gate's verdict on a request, as its label says it."""

from __future__ import annotations

from collections.abc import Callable

from builder.forge.decision import LABEL, VERDICT_LABELS
from builder.submit.forge_requests import APIS
from builder.submit.request import OpenedRequest, Target

PAUSE = 5.0
"""Seconds between two questions."""


def wait(
    target: Target, request: OpenedRequest, seconds: int, pause: Callable[[float], None]
) -> str:
    """Return the verdict on a request, asked for until `seconds` have passed; "" if there is none yet."""
    left = float(seconds)
    while left > 0:
        pause(PAUSE)
        left -= PAUSE
        labels = APIS[target.kind].labels(target, request.number)
        verdict = next((label for label in labels if label in VERDICT_LABELS), "")
        if verdict:
            return verdict.removeprefix(LABEL)
    return ""
