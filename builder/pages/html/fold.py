"""Parts of a page that its script unfolds: written once, compressed, for what one need not read first.

`{% fold %}...{% endfold %}` in a template becomes a block of data (raw deflate, base64) that
site/assets/unfold.js puts back as it was. Both sides begin with the same text, which has what is
common to the pages of all servers (fold-server.txt) or, with `{% fold "version" %}`, of all versions
(fold-version.txt in site/assets/): what is left is a tenth. Whole pages of a lean site (lean.py) have
fold-page.txt. `python -m benchmarks.words` chooses the texts.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from builder.pages.html.text import encoded
from builder.runtime import deflate, resources
from builder.runtime.deflate import Deflate

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER, VERSION, PAGE = "server", "version", "page"
"""The texts that parts of a page may begin with."""
_as_it_is: ContextVar[bool] = ContextVar("_as_it_is", default=False)
_BLOCK = '<script type="text/plain" data-fold="{}">{}</script>\n'


class Fold(Extension):
    """`{% fold %}`: what stands up to `{% endfold %}`, folded."""

    tags = {"fold"}  # noqa: RUF012 - Jinja's own declaration

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the tag and what stands in it."""
        line = next(parser.stream).lineno
        words = nodes.Const(SERVER)
        if parser.stream.current.test("string"):
            words = nodes.Const(next(parser.stream).value)
        body = parser.parse_statements(("name:endfold",), drop_needle=True)
        folding = nodes.Filter(None, "folded", [words], [], None, None)
        return nodes.FilterBlock(body, folding).set_lineno(line)


def folded(html: str, words: str) -> Markup:
    """Return what stands in `{% fold %}`, folded or as it is: the filter that the tag is read as."""
    # What it holds was escaped before; of the page's own cleaning it would be out of sight.
    return Markup(html if _as_it_is.get() else fold(encoded(html), words))


@contextmanager
def unfolded() -> Iterator[None]:
    """Leave parts as they are, of a page that is folded as a whole."""
    token = _as_it_is.set(True)
    try:
        yield
    finally:
        _as_it_is.reset(token)


# The versions of a server come one after the other, and a quarter of what they fold is the same.
@lru_cache(maxsize=16)
def fold(html: bytes, begins: str = SERVER) -> str:
    """Return a part of a page as a block of data, or as it is where that is no longer.

    `begins` names the text that it refers back to.
    """
    block = _BLOCK.format(begins, b64encode(deflate.after(_begun(begins), html)).decode())
    return block if len(block) < len(html) else html.decode()


def words(name: str = SERVER) -> bytes:
    """Return the text of a name that both sides begin with."""
    return (resources.folder("site") / "assets" / f"fold-{name}.txt").read_bytes()


@cache
def _begun(name: str) -> Deflate:
    return deflate.begun(words(name))
