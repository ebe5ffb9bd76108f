"""How alive a server is: its versions over time, as a sentence and a small plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from builder.model import timestamp
from builder.model.wording import counted
from builder.pages.html.text import date

WIDTH, HEIGHT, MARGIN, STEP = 400, 44, 8, 4
FEWEST = 3
_MONTH, _YEAR = 30 * timestamp.DAY, 365 * timestamp.DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """`plot` is "" for a server of few versions; what it shows stands in `sentence` too."""

    sentence: str
    plot: Markup


def life(times: Sequence[int]) -> Life:
    """Tell of the times (nanoseconds since 1970) at which versions appeared, in any order."""
    first, last = min(times), max(times)
    if len(times) == 1:
        return Life(sentence=f"One version, published on {date(first)}.", plot=Markup(""))
    if date(first) == date(last):
        return Life(
            sentence=f"{counted(len(times), 'version')}, all on {date(first)}.", plot=Markup("")
        )
    sentence = (
        f"{counted(len(times), 'version')} in {_span(last - first)}, from {date(first)} to "
        f"{date(last)}."
    )
    plot = _plot(times, sentence) if len(times) >= FEWEST else Markup("")
    return Life(sentence=sentence, plot=plot)


def _span(nanoseconds: int) -> str:
    for unit, noun in ((_YEAR, "year"), (_MONTH, "month"), (timestamp.DAY, "day")):
        if nanoseconds >= 2 * unit:
            return counted(nanoseconds // unit, noun)
    return "one day" if nanoseconds < timestamp.DAY else "two days"


def _plot(times: Sequence[int], title: str) -> Markup:
    """Draw a dot for each version on a line of time; what would lie upon another is left out."""
    first, span = min(times), max(times) - min(times)
    room = WIDTH - 2 * MARGIN
    places = {MARGIN + (time - first) * room // span // STEP * STEP for time in times}
    dots = "".join(f'<circle class="plot-bar" cx="{x}" cy="14" r="4"/>' for x in sorted(places))
    ends = (
        f'<text x="{MARGIN - 4}" y="38">{date(first)}</text>'
        f'<text x="{WIDTH - MARGIN + 4}" y="38" text-anchor="end">{date(max(times))}</text>'
    )
    return Markup(
        f'<svg class="plot life" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f'<path class="plot-grid" d="M{MARGIN} 14H{WIDTH - MARGIN}"/>{dots}{ends}</svg>'
    )
