"""Numbers -> SVG: a line over time and a row of bars, as text, drawn without a library.

Colours and type come from the page's style sheet (classes `plot-...`), so that a plot follows
the reader's colour scheme. What is shown must also stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup, escape

WIDTH, HEIGHT = 400, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 14, 30
_BAR, _NUMBER = 26, 52
_SIGN, _LABEL_SIGNS = 7.6, 26
"""The widest that a letter of a label usually is, and how many of them there is room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line: what it is called and its values, one for each point of time."""

    title: str
    values: Sequence[int]


def lines(title: str, times: Sequence[str], series: Sequence[Series]) -> Markup:
    """Draw lines over the same points of time; `times` are days (`2025-12-31`), in order."""
    top = _ceiling(max((max(line.values, default=0) for line in series), default=0))
    parts = [*_grid(top), *_days(times)]
    for number, line in enumerate(series):
        points = " ".join(
            f"{_x(place, len(times)):.1f},{_y(value, top):.1f}"
            for place, value in enumerate(line.values)
        )
        parts.append(f'<polyline class="plot-line plot-{number}" points="{points}"/>')
    return _svg(title, HEIGHT, parts)


def bars(title: str, rows: Sequence[tuple[str, int]]) -> Markup:
    """Draw a horizontal bar for each (name, number)."""
    most = max((number for _, number in rows), default=0) or 1
    labels = [_label(name) for name, _ in rows]
    left = 12 + _SIGN * max(map(len, labels), default=0)
    room = WIDTH - left - _NUMBER
    parts = []
    for place, (label, (_, number)) in enumerate(zip(labels, rows, strict=True)):
        y = place * _BAR
        width = max(1.0, room * number / most)
        parts += [
            _text(left - 8, y + 17, label, "end"),
            f'<rect class="plot-bar" x="{left:.1f}" y="{y + 4}" width="{width:.1f}" height="18" rx="3"/>',
            _text(left + width + 6, y + 17, f"{number:,}", "start"),
        ]
    return _svg(title, max(1, len(rows)) * _BAR, parts)


def _label(name: str) -> str:
    """Cut a long name in front: of a namespace the end tells whose it is."""
    return name if len(name) <= _LABEL_SIGNS else f"…{name[1 - _LABEL_SIGNS :]}"


def _grid(top: int) -> Iterator[str]:
    for step in range(5):
        value = top * step // 4
        y = _y(value, top)
        yield f'<path class="plot-grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        yield _text(_LEFT - 8, y + 4, f"{value:,}", "end")


def _days(times: Sequence[str]) -> Iterator[str]:
    count = len(times)
    for place in sorted({0, (count - 1) // 2, count - 1} if count else set()):
        anchor = "start" if place == 0 else "end" if place == count - 1 else "middle"
        yield _text(_x(place, count), HEIGHT - 8, times[place], anchor)


def _x(place: int, count: int) -> float:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * place / max(1, count - 1)


def _y(value: int, top: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top


def _ceiling(value: int) -> int:
    """The next number of the form 1, 2, 4, 6 or 8 times a power of ten, at least 4."""
    power = 10 ** floor(log10(max(value, 1)))
    return int(max(4, next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value)))


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(title: str, height: int, parts: Sequence[str]) -> Markup:
    head = (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
    )
    return Markup(head + "".join(parts) + "</svg>")
