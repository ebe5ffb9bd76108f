"""Markdown of the registry's own people -> HTML: notes of overlays, texts of collections, own pages.

CommonMark with tables. HTML in the text is shown as text, links lead to web, mail and relative
addresses only, and pictures are shown as their description: the site loads nothing from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from builder.pages.html.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINK = re.compile(r"(?:https?|mailto):[^\s]+|(?!//)[^:\s]*", re.IGNORECASE)


def prose(text: str) -> Markup:
    """Return a Markdown text as HTML that a page may hold."""
    return Markup(_renderer().render(clean(text)))


def sections(text: str) -> Markup:
    """Return a Markdown text for a page that has its title already: its headings begin at `<h2>`."""
    renderer = _renderer()
    tokens = renderer.parse(clean(text))
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    top = min((int(token.tag[1:]) for token in headings), default=2)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1:]) - top + 2)}"
    return Markup(renderer.renderer.render(tokens, renderer.options, {}))


def _description(_renderer: Any, tokens: Sequence[Token], index: int, *_: Any) -> str:
    return str(escape(tokens[index].content))


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt  # sixty modules, of which most builds need none

    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("image", _description)
    made.validateLink = lambda url: _LINK.fullmatch(url) is not None  # type: ignore[method-assign]
    return made
