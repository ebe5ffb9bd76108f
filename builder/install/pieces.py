"""Texts with switches: what a page shows, and what its script makes of it when one is turned on.

A text is written once with everything optional in it, each part marked by its switch. Cut into
pieces, it gives what stands there for any choice; `shown` and site/assets/switches.js are the same
function. Marks are noncharacters, which no publisher's text can hold (`HIDDEN` refuses them).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from builder.install.shape import Piece
from builder.model.server_json import Json

START = "\ufdd0"
_MARK = re.compile("\ufdd0([a-z]+-[0-9]+)\ufdd1")
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
    cut: list[Piece] = []
    for place, (word, quoted) in enumerate(zip(marked, quote, strict=True)):
        cut.append(Piece(text=f" {quoted}" if place else quoted, switches=_switches(word)))
    return _joined(cut)


def unmarked(text: str) -> str:
    """Return a marked text without its marks."""
    return _MARK.sub("", text)


def lines(text: str) -> tuple[Piece, ...]:
    """Cut a file: a line is there with its switch, a block with any of those of its lines."""
    rows = text.split("\n")
    own = [_switches(row) for row in rows]
    kept = [
        Piece(
            text=unmarked(row) + ("\n" if place + 1 < len(rows) else ""),
            switches=own[place] or _block(rows, own, place),
        )
        for place, row in enumerate(rows)
    ]
    return _joined(kept)


def shown(cut: Iterable[Piece], on: Collection[str] = ()) -> str:
    """Return the text for a choice of switches; a list's last item has no comma after it."""
    text = "".join(p.text for p in cut if not p.switches or any(s in on for s in p.switches))
    return _TRAILING.sub(r"\1", text)


def _switches(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_MARK.findall(text)))


def _block(rows: Sequence[str], own: Sequence[tuple[str, ...]], place: int) -> tuple[str, ...]:
    """The switches of a block that a line opens or closes, if all of its lines have one."""
    opens, closes = rows[place][-1:] in "{[:", rows[place].strip()[:1] in ("}", "]")
    step = 1 if opens else -1 if closes else 0
    inner = list(_inside(rows, place, step)) if step else []
    if not inner or not all(own[line] or _is_bracket(rows[line]) for line in inner):
        return ()
    return tuple(dict.fromkeys(switch for line in inner for switch in own[line]))


def _inside(rows: Sequence[str], place: int, step: int) -> Iterator[int]:
    """The lines of a block, from the one that opens or, with a step of -1, closes it."""
    depth = _indent(rows[place])
    line = place + step
    while 0 <= line < len(rows) and _indent(rows[line]) > depth:
        yield line
        line += step


def _is_bracket(row: str) -> bool:
    return row.strip().rstrip(",") in ("{", "}", "[", "]") or row.endswith("[")


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))


def _joined(cut: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join neighbours that are there under the same switches."""
    joined: list[Piece] = []
    for piece in cut:
        if joined and joined[-1].switches == piece.switches:
            piece = Piece(text=joined.pop().text + piece.text, switches=piece.switches)
        joined.append(piece)
    return tuple(joined)
