"""An SVG of a publisher keeps its shapes and nothing that acts, and is stable."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.icons import svg
from builder.icons.file import NOTHING, published

GOOD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24">
<defs><linearGradient id="a"><stop offset="0" style="stop-color:#fff; stop-opacity: .5"/></linearGradient></defs>
<g transform="translate(1 2)"><path d="M0 0L10-4.5z" fill="url(#a)"/><use href="#b"/></g><title>Weather &amp; more</title></svg>"""
ACTING = [
    "<script>alert(1)</script>",
    '<g onload="alert(1)"/>',
    '<a href="javascript:alert(1)"><path d="M0 0"/></a>',
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
    "<style>@import url(https://evil.example/x.css);</style>",
    '<path style="fill:url(https://evil.example/#a)"/>',
    '<path fill="url( &quot;https://evil.example/#a&quot; )"/>',
    '<path fill="\\75rl(https://evil.example/)"/>',
    '<image href="https://evil.example/x.png"/>',
    '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://evil.example/x.svg#a"/>',
    '<use href="data:image/svg+xml,&lt;svg/&gt;#a"/>',
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    '<set attributeName="onload" to="alert(1)"/>',
    "<script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script>",
    '<?xml-stylesheet href="https://evil.example/x.css"?>',
    '<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>',
    '<path xml:base="https://evil.example/" d="M0 0"/>',
]


def bomb(use: str) -> str:
    folds = (f'<g id="g{n}">{use.format(f"g{n + 1}") * 10}</g>' for n in range(10))
    return f'{"".join(folds)}<rect id="g10"/>'


def wrapped(inner: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'.encode()


def test_shapes_and_paints_stay() -> None:
    kept = svg.shapes(GOOD.encode()).decode()
    for part in ('viewBox="0 0 24 24"', 'd="M0 0L10-4.5z"', 'fill="url(#a)"', 'href="#b"', 'stop-color="#fff"', "translate(1 2)", "Weather &amp; more"):  # fmt: skip
        assert part in kept
    assert svg.shapes(kept.encode()).decode() == kept


@pytest.mark.parametrize("inner", ACTING)
def test_what_acts_or_leads_away_is_dropped(inner: str) -> None:
    kept = svg.shapes(wrapped(inner)).decode()
    assert not re.search(r"evil|alert|script|javascript|data:|base|\\", kept)
    assert published(f"{'0' * 16}.svg", wrapped(inner)) == kept.encode()


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html><script>alert(1)</script></html>",
        b'<script xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg",
        b"",
        wrapped("<g>" * 50 + "</g>" * 50),
        wrapped("<g/>" * 3_000),
        wrapped(bomb('<use href="#{}"/>')),
        wrapped(bomb('<g mask="url(#{})"/>')),
        wrapped('<g id="a"><use href="#a"/></g>'),
    ],
)
def test_what_is_no_plain_svg_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="it"):
        svg.shapes(data)
    assert published(f"{'0' * 16}.svg", data) == NOTHING


_NAMES = st.sampled_from(
    ["svg", "g", "path", "script", "style", "a", "use", "image", "foreignObject", "animate", "x:g"]
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["href", "onload", "style", "fill", "d", "id", "class", "xml:base"]),
    st.text(max_size=20) | st.sampled_from(["url(//e)", "#a", "javascript:1", "fill:url(//e)"]),
    max_size=3,
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> ElementTree.Element:
    made = ElementTree.Element(draw(_NAMES), draw(_ATTRIBUTES))
    made.text = draw(st.text(max_size=5))
    for _ in range(draw(st.integers(0, 2)) if depth else 0):
        made.append(draw(elements(depth - 1)))
    return made


@given(elements())
def test_nothing_gets_through_and_a_second_time_changes_nothing(
    element: ElementTree.Element,
) -> None:
    root = ElementTree.Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "xmlns:x": "http://example.com"}
    )
    root.append(element)
    try:
        kept = svg.shapes(ElementTree.tostring(root))
    except ValueError:
        return  # characters that no XML may have
    assert svg.shapes(kept) == kept
    for found in ElementTree.fromstring(kept).iter():
        assert found.tag.removeprefix(f"{{{svg.NAMESPACE}}}") in ("svg", "g", "path", "use")
        assert not found.attrib.keys() - {"href", "fill", "d", "id"}
        assert found.get("href", "#").startswith("#")
        assert "//" not in found.get("fill", "")
