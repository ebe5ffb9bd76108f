"""Lean pages: all that a reader sees comes compressed, and is put together by the page's script.

A page gives its title, description and address as others do. Without scripts it shows what its template
has in `<noscript>`: of a server what it is and how to install it, of a list its links. That is a fifth of
the bytes, for registries near the limit of their host (`pages: {lean: true}`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from builder.model.page import Page
from builder.pages.html.fold import PAGE, fold, unfolded

# What a page repeats for those who show links to it, or read feeds; JSON-LD among it.
_LEFT_OUT = re.compile(
    rb'<meta (?:property="og:|name="twitter:)[^\n]*\n'
    rb'|<link rel="(?:search|icon|alternate" type="application/atom\+xml)"[^\n]*\n'
    rb'|<script type="application/ld\+json">[^\n]*\n'
)
_BODY, _PLAIN, _PLAIN_END, _END = b"<body>\n", b"<noscript>\n", b"</noscript>", b"</body>\n</html>"


def lean(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield the same pages with what they show folded; `pages` renders when it is asked for one."""
    for page in pages:
        yield Page(page.path, partial(_lean_body, page), page.inputs)


def leaned(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield pages that are rendered as they come, with what they show folded."""
    while True:
        with unfolded():
            page = next(pages, None)
        if page is None:
            return
        yield Page(page.path, folded(page.body))


def _lean_body(page: Page) -> bytes:
    with unfolded():
        return folded(page.body)


def folded(html: bytes) -> bytes:
    """Return a page with all of its body folded; one that has nothing for readers without scripts as it is."""
    head, _, rest = html.partition(_BODY)  # what publishers wrote is escaped, and has no tags
    plain, has_plain, body = rest.partition(_PLAIN_END)
    body, has_end, last = body.rpartition(_END)
    if not (plain.startswith(_PLAIN) and has_plain and has_end):
        return html
    shown = fold(body.removeprefix(b"\n"), PAGE).encode()
    return b"".join((_LEFT_OUT.sub(b"", head), _BODY, plain, _PLAIN_END, b"\n", shown, _END, last))
