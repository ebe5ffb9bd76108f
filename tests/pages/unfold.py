"""What the page's script makes of the folded parts, in Python."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode

from builder.pages.html.fold import words

_FOLDED = re.compile(r'<script type="text/plain" data-fold="([a-z]+)">([A-Za-z0-9+/=]*)</script>\n')


def unfolded(page: bytes) -> bytes:
    """Return a page with every part in its place."""
    return _FOLDED.sub(lambda match: _inflated(match[1], match[2]), page.decode()).encode()


def _inflated(name: str, data: str) -> str:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS, zdict=words(name))
    return (inflate.decompress(b64decode(data)) + inflate.flush()).decode()
