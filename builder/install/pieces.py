"""Texts with switches: what a page shows, and what its script makes of it when one is turned on.

A text is written once with everything optional in it, each part marked by its switch. Cut into
pieces, it gives what stands there for any choice; `shown` and site/assets/switches.js are the same
function. Marks are noncharacters, which no publisher's text can hold (`HIDDEN` refuses them).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from builder.install.shape import Piece
from builder.model.server_json import Json

START = "\ufdd0"
_MARK = re.compile("\ufdd0([a-z]+-[0-9]+)\ufdd1")
_CLOSING = ("}", "]")
_TRAILING = re.compile(r",(\s*\n\s*[}\]])")


def mark(text: str, switch: str) -> str:
    """Mark a text by its switch; without one it stays as it is."""
    return f"\ufdd0{switch}\ufdd1{text}" if switch else text


def mark_keys(table: dict[str, Json], switch: str) -> dict[str, Json]:
    """Mark every line that an object without inner objects is written in."""
    if not switch:
        return table
    return {
        mark(name, switch): [mark(item, switch) for item in value]
        if isinstance(value, list)
        else value
        for name, value in table.items()
    }


def words(marked: Iterable[str], quote: Iterable[str]) -> tuple[Piece, ...]:
    """Cut a command: `marked` are its words, `quote` the same words as a shell reads them."""
    return _joined(
        (f" {quoted}" if place else quoted, _switches(word))
        for place, (word, quoted) in enumerate(zip(marked, quote, strict=True))
    )


def unmarked(text: str) -> str:
    """Return a marked text without its marks."""
    return _MARK.sub("", text) if START in text else text


@lru_cache(maxsize=32)  # many clients write the same file, at different places
def lines(text: str) -> tuple[Piece, ...]:
    """Cut a file: a line is there with its switch, a block with any of those of its lines."""
    if START not in text:
        return (Piece(text=text),)
    rows = [_row(row) for row in text.split("\n")]
    last = len(rows) - 1
    return _joined(
        (
            unmarked(row.text) if place == last else f"{unmarked(row.text)}\n",
            row.switches or (_block(rows, place) if row.step else ()),
        )
        for place, row in enumerate(rows)
    )


def shown(cut: Iterable[Piece], on: Collection[str] = ()) -> str:
    """Return the text for a choice of switches; a list's last item has no comma after it."""
    text = "".join(p.text for p in cut if not p.switches or any(s in on for s in p.switches))
    return _TRAILING.sub(r"\1", text)


def _switches(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_MARK.findall(text))) if START in text else ()


class _Row(NamedTuple):
    """A line of a file: its text, how far it is indented, and its own switches.

    `step` leads into the block that the line opens (1) or closes (-1), if it does (else 0).
    """

    text: str
    indent: int
    switches: tuple[str, ...]
    step: int


def _row(text: str) -> _Row:
    start = text.lstrip(" ")
    step = 1 if text[-1:] in "{[:" else -1 if start.strip()[:1] in _CLOSING else 0
    return _Row(text, len(text) - len(start), _switches(text), step)


def _block(rows: Sequence[_Row], place: int) -> tuple[str, ...]:
    """Return the switches of a block that a line opens or closes, if all of its lines have one."""
    _, depth, _, step = rows[place]
    switches: dict[str, None] = {}
    line = place + step
    while 0 <= line < len(rows) and rows[line].indent > depth:
        row = rows[line]
        if not row.switches and not _is_bracket(row.text):
            return ()
        switches |= dict.fromkeys(row.switches)
        line += step
    return tuple(switches)


def _is_bracket(row: str) -> bool:
    return row.strip().rstrip(",") in ("{", "}", "[", "]") or row.endswith("[")


def _joined(cut: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Piece, ...]:
    """Make pieces of texts with their switches; neighbours under the same switches become one."""
    grouped: list[tuple[list[str], tuple[str, ...]]] = []
    for text, switches in cut:
        if grouped and grouped[-1][1] == switches:
            grouped[-1][0].append(text)
        else:
            grouped.append(([text], switches))
    return tuple(Piece(text="".join(texts), switches=switches) for texts, switches in grouped)
