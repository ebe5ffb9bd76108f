"""Plots are whole SVG, and nothing stands outside of them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from builder.pages.html import chart


@given(st.lists(st.integers(0, 10**9), max_size=30), st.text("abc<&>\"'", max_size=30))
def test_lines_stay_inside(values: list[int], title: str) -> None:
    days = [f"2025-01-{place % 28 + 1:02d}" for place in range(len(values))]
    svg = ElementTree.fromstring(
        chart.lines(title, days, [chart.Series(title=title, values=values)])
    )
    (line,) = svg.findall("polyline")
    points = [tuple(map(float, pair.split(","))) for pair in (line.get("points") or "").split()]
    assert len(points) == len(values)
    assert all(0 <= x <= chart.WIDTH and 0 <= y <= chart.HEIGHT for x, y in points)
    assert svg.get("aria-label") == title


@given(st.lists(st.tuples(st.text("x<&>", max_size=40), st.integers(0, 10**6)), max_size=20))
def test_bars_are_as_long_as_their_numbers(rows: list[tuple[str, int]]) -> None:
    svg = ElementTree.fromstring(chart.bars("Bars", rows))
    widths = [float(bar.get("width") or 0) for bar in svg.findall("rect")]
    assert len(widths) == len(rows)
    assert all(0 < width <= chart.WIDTH for width in widths)
    order = sorted(range(len(rows)), key=lambda place: rows[place][1])
    assert [widths[place] for place in order] == sorted(widths)


def test_labels_of_bars_stand_inside_and_keep_their_ends() -> None:
    svg = ElementTree.fromstring(
        chart.bars("Bars", [("io.github.a-rather-long-name-of-someone", 3), ("ai.x", 1)])
    )
    labels = [text for text in svg.findall("text") if text.get("text-anchor") == "end"]
    assert (labels[0].text or "").startswith("…")
    assert (labels[0].text or "").endswith("-long-name-of-someone")
    assert labels[1].text == "ai.x"
    for label in labels:  # a letter is about 7.6 wide
        assert float(label.get("x") or 0) >= 7.6 * len(label.text or "")


def test_every_plot_of_the_statistics_has_its_table(site: dict[str, bytes]) -> None:
    page = site["stats/index.html"].decode()
    assert page.count('<svg class="plot"') == page.count("<table>") == 6
    growth = re.findall(
        r"<th scope=\"row\">(\d{4}-\d\d-\d\d)</th><td>(\d+)</td><td>(\d+)</td>", page
    )
    assert growth[-1][1:] == ("128", "133")
