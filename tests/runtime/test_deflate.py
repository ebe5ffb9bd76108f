"""What is published compressed: every reader gets back what went in, and the bytes depend on that alone."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from builder.runtime import deflate

WORDS = b'{"server":{"name":"io.github.acme/weather","description":"The weather"}}' * 90
# Pieces that repeat, the text's among them, so that there is something to refer back to.
bodies = st.lists(
    st.one_of(st.binary(max_size=300), st.sampled_from([WORDS[:70], WORDS[20:64], b"weather"])),
    max_size=60,
).map(b"".join)


@given(body=bodies)
def test_gzip_is_read_by_others_and_has_no_time(body: bytes) -> None:
    """Two members in one file are one text after the other (RFC 1952, section 2.2)."""
    member = deflate.gzip_member(body)
    assert gzip.decompress(member + member) == body + body
    assert member[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    assert zlib.decompress(deflate.raw(body), -zlib.MAX_WBITS) == body


@given(documents=st.lists(bodies, min_size=1, max_size=8))
def test_documents_after_a_text_do_not_depend_on_each_other(documents: list[bytes]) -> None:
    """Whatever was compressed before, in whatever order, a document has the same bytes."""
    begun = deflate.begun(WORDS)
    small = [deflate.after(begun, body) for body in documents]
    for body, data in zip(documents, small, strict=True):
        assert zlib.decompressobj(-zlib.MAX_WBITS, zdict=WORDS).decompress(data) == body
    again = [deflate.after(begun, body) for body in reversed(documents)]
    assert again[::-1] == small
    assert [deflate.after(deflate.begun(WORDS), body) for body in documents] == small
