"""What is most likely wrong with a text that is nearly JSON, and how to mend it.

A parser says what it expected; a publisher wants to know what to change. Each mistake here is
recognised by the characters around the place where the parser stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from builder.rules.json_mistakes import document, marks, values
from builder.rules.json_mistakes.stop import Mistake, Stop

_MISTAKES: tuple[Callable[[Stop], Mistake | None], ...] = (
    document.empty,
    document.conflict,
    marks.string,
    marks.comment,
    document.other_format,
    marks.quotes,
    marks.comma,
    document.end,
    values.word,
    values.number,
    marks.punctuation,
)
"""In the order in which they are tried: what comes first would be taken for another one further down."""


def explain(text: str, at: int, reason: str) -> Mistake:
    """Return the mistake in a text at whose character `at` a parser of JSON stopped.

    `reason` is the parser's own message, told where no mistake is recognised.
    """
    stop = Stop(text, min(at, len(text)), reason)
    for recognise in _MISTAKES:
        if mistake := recognise(stop):
            return mistake
    return Mistake(
        f"not JSON: {reason[:1].lower()}{reason[1:]}",
        "compare with the lines around it: quotes, commas, colons and brackets",
        stop.at,
    )
